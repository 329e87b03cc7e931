{{/* Security of a Pod, as the Pod Security level "restricted" asks for. */}}
{{- define "topolog.podSecurity" -}}
runAsNonRoot: true
runAsUser: 1000
runAsGroup: 1000
fsGroup: 1000
seccompProfile:
  type: RuntimeDefault
{{- end -}}

{{- define "topolog.containerSecurity" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
capabilities:
  drop: [ALL]
{{- end -}}

{{/* Whether there is a file of sources. */}}
{{- define "topolog.hasSourcesFile" -}}
{{- with .Values.sources -}}
{{- if or .items .existingConfigMap .existingSecret -}}true{{- end -}}
{{- end -}}
{{- end -}}

{{/* env and envFrom of a container: (dict "root" $ "prefix" "…" "heap" "512Mi" "sourceSecrets" true),
where the names of its configuration begin with .prefix. */}}
{{- define "topolog.environment" -}}
{{- $root := .root -}}
envFrom:
  - configMapRef:
      name: {{ .prefix }}
  {{- with include "topolog.envSecret" . }}
  - secretRef:
      name: {{ . }}
  {{- end }}
  {{- if .sourceSecrets }}
  {{- with $root.Values.sources.secretEnv }}
  - secretRef:
      name: {{ . }}
  {{- end }}
  {{- end }}
env:
  - name: NODE_OPTIONS
    value: --max-old-space-size={{ include "topolog.heapMiB" .heap }}
  {{- with $root.Values.extraEnv }}
  {{- toYaml . | nindent 2 }}
  {{- end }}
{{- end -}}

{{/* volumeMounts of a container. */}}
{{- define "topolog.mounts" -}}
{{- $values := .root.Values -}}
- name: tmp
  mountPath: /tmp
{{- if include "topolog.hasSourcesFile" .root }}
- name: sources
  mountPath: /etc/topolog/sources
  readOnly: true
{{- end }}
{{- if and .sourceSecrets $values.sources.secretFiles }}
- name: source-secrets
  mountPath: /etc/topolog/secrets
  readOnly: true
{{- end }}
{{- if and $values.temporal.tls.enabled $values.temporal.tls.existingSecret }}
- name: temporal-tls
  mountPath: /etc/topolog/temporal
  readOnly: true
{{- end }}
{{- with $values.extraVolumeMounts }}
{{ toYaml . }}
{{- end }}
{{- end -}}

{{/* The volumes of those mounts. */}}
{{- define "topolog.volumes" -}}
{{- $values := .root.Values -}}
- name: tmp
  emptyDir:
    sizeLimit: 256Mi
{{- if include "topolog.hasSourcesFile" .root }}
- name: sources
  {{- if $values.sources.existingSecret }}
  secret:
    secretName: {{ $values.sources.existingSecret }}
    items: [{key: {{ $values.sources.key }}, path: sources.yaml}]
  {{- else }}
  configMap:
    name: {{ default (printf "%s-sources" .prefix) $values.sources.existingConfigMap }}
    items: [{key: {{ empty $values.sources.existingConfigMap | ternary "sources.yaml" $values.sources.key }}, path: sources.yaml}]
  {{- end }}
{{- end }}
{{- if and .sourceSecrets $values.sources.secretFiles }}
- name: source-secrets
  secret:
    secretName: {{ $values.sources.secretFiles }}
    defaultMode: 0440
{{- end }}
{{- if and $values.temporal.tls.enabled $values.temporal.tls.existingSecret }}
- name: temporal-tls
  secret:
    secretName: {{ $values.temporal.tls.existingSecret }}
    defaultMode: 0440
{{- end }}
{{- with $values.extraVolumes }}
{{ toYaml . }}
{{- end }}
{{- end -}}

{{/* metadata of the Pods of the API or the workers; they start anew when their settings change. */}}
{{- define "topolog.podMetadata" -}}
{{- $own := index .root.Values .component -}}
labels:
  {{- include "topolog.labels" . | nindent 2 }}
  {{- with $own.podLabels }}
  {{- toYaml . | nindent 2 }}
  {{- end }}
annotations:
  checksum/config: {{ include "topolog.settings" .root | sha256sum }}
  {{- if .root.Values.sources.items }}
  checksum/sources: {{ toJson .root.Values.sources.items | sha256sum }}
  {{- end }}
  {{- with $own.podAnnotations }}
  {{- toYaml . | nindent 2 }}
  {{- end }}
{{- end -}}

{{/* Where the Pods of the API or the workers run, and how they end. */}}
{{- define "topolog.placement" -}}
{{- $own := index .root.Values .component -}}
terminationGracePeriodSeconds: {{ include "topolog.terminationSeconds" . }}
topologySpreadConstraints:
  {{- if $own.topologySpreadConstraints }}
  {{- toYaml $own.topologySpreadConstraints | nindent 2 }}
  {{- else }}
  {{- range list "topology.kubernetes.io/zone" "kubernetes.io/hostname" }}
  - maxSkew: 1
    topologyKey: {{ . }}
    whenUnsatisfiable: ScheduleAnyway
    labelSelector:
      matchLabels:
        {{- include "topolog.selector" $ | nindent 8 }}
    matchLabelKeys: [pod-template-hash]
  {{- end }}
  {{- end }}
{{- range $field := list "nodeSelector" "tolerations" "affinity" }}
{{- with index $own $field }}
{{ $field }}:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end }}
{{- with $own.priorityClassName }}
priorityClassName: {{ . }}
{{- end }}
{{- end -}}

{{/* What all Pods have. */}}
{{- define "topolog.podCommon" -}}
automountServiceAccountToken: false
enableServiceLinks: false
securityContext:
  {{- include "topolog.podSecurity" . | nindent 2 }}
{{- with .root.Values.image.pullSecrets }}
imagePullSecrets:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end -}}
