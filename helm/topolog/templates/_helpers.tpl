{{/* Name of the chart in labels. */}}
{{- define "topolog.name" -}}
{{- default .Chart.Name .Values.nameOverride | trunc 40 | trimSuffix "-" -}}
{{- end -}}

{{/* Beginning of the names of all objects; short enough for what is put behind it. */}}
{{- define "topolog.fullname" -}}
{{- $name := include "topolog.name" . -}}
{{- if .Values.fullnameOverride -}}
{{- .Values.fullnameOverride | trunc 40 | trimSuffix "-" -}}
{{- else if contains $name .Release.Name -}}
{{- .Release.Name | trunc 40 | trimSuffix "-" -}}
{{- else -}}
{{- printf "%s-%s" .Release.Name $name | trunc 40 | trimSuffix "-" -}}
{{- end -}}
{{- end -}}

{{/* What Pods of a component are selected by: (dict "root" $ "component" "api"). */}}
{{- define "topolog.selector" -}}
app.kubernetes.io/name: {{ include "topolog.name" .root }}
app.kubernetes.io/instance: {{ .root.Release.Name }}
app.kubernetes.io/component: {{ .component }}
{{- end -}}

{{- define "topolog.labels" -}}
{{ include "topolog.selector" . }}
app.kubernetes.io/version: {{ .root.Chart.AppVersion | quote }}
app.kubernetes.io/part-of: topolog
app.kubernetes.io/managed-by: {{ .root.Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .root.Chart.Name (replace "+" "_" .root.Chart.Version) }}
{{- with .root.Values.commonLabels }}
{{ toYaml . }}
{{- end }}
{{- end -}}

{{/* metadata of an object: (dict "root" $ "component" "api" "name" "…" "annotations" (dict …)). */}}
{{- define "topolog.metadata" -}}
name: {{ .name }}
namespace: {{ .root.Release.Namespace }}
labels:
  {{- include "topolog.labels" . | nindent 2 }}
  {{- with .labels }}
  {{- toYaml . | nindent 2 }}
  {{- end }}
{{- with merge (dict) (default (dict) .annotations) .root.Values.commonAnnotations }}
annotations:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end -}}

{{/* Image of a component: its digest, its own tag, or that of the release. */}}
{{- define "topolog.image" -}}
{{- $values := .root.Values -}}
{{- $own := (index $values .component).image -}}
{{- if $own.digest -}}
{{- printf "%s@%s" $values.image.repository $own.digest -}}
{{- else -}}
{{- $release := default .root.Chart.AppVersion $values.image.tag -}}
{{- printf "%s:%s" $values.image.repository (default (printf "%s-%s" $release .component) $own.tag) -}}
{{- end -}}
{{- end -}}

{{- define "topolog.serviceAccount" -}}
{{- if .Values.serviceAccount.create -}}
{{- default (include "topolog.fullname" .) .Values.serviceAccount.name -}}
{{- else -}}
{{- default "default" .Values.serviceAccount.name -}}
{{- end -}}
{{- end -}}

{{/* Secret that gets the first key. */}}
{{- define "topolog.firstKeySecret" -}}
{{- default (printf "%s-first-key" (include "topolog.fullname" .)) .Values.setup.bootstrap.secretName -}}
{{- end -}}

{{/* Secret with the environment variables of every process, if there is one: (dict "root" $ "prefix" "…"). */}}
{{- define "topolog.envSecret" -}}
{{- if .root.Values.secrets.existingSecret -}}
{{- .root.Values.secrets.existingSecret -}}
{{- else if .root.Values.secrets.externalSecret.enabled -}}
{{- printf "%s-env" .prefix -}}
{{- end -}}
{{- end -}}

{{/* A value as the text of a variable: YAML's numbers come as floats. */}}
{{- define "topolog.text" -}}
{{- if and (kindIs "float64" .) (eq (floor .) .) -}}{{ int64 . }}{{- else -}}{{ . }}{{- end -}}
{{- end -}}

{{/* Seconds a process may take to finish its work, as it is told. */}}
{{- define "topolog.graceSeconds" -}}
{{- include "topolog.text" (default 30 .Values.config.SHUTDOWN_GRACE_SECONDS) -}}
{{- end -}}

{{/* Seconds until a Pod that was told to stop is killed. */}}
{{- define "topolog.terminationSeconds" -}}
{{- $grace := include "topolog.graceSeconds" .root | int -}}
{{- $own := index .root.Values .component -}}
{{- $least := eq .component "api" | ternary (add $grace (int $own.preStopSeconds) 5) (add $grace 10) -}}
{{- int $own.terminationGracePeriodSeconds | default $least -}}
{{- end -}}

{{/* Node's heap in MiB: four fifths of the memory a container may take. */}}
{{- define "topolog.heapMiB" -}}
{{- $mebibytes := hasSuffix "Gi" . | ternary (mul 1024 (trimSuffix "Gi" . | int)) (trimSuffix "Mi" . | int) -}}
{{- div (mul $mebibytes 8) 10 -}}
{{- end -}}
