{{/* The settings as environment variables: those with values of their own, then `config`. */}}
{{- define "topolog.settings" -}}
{{- $values := .Values -}}
HOST: 0.0.0.0
PORT: "8000"
WORKER_PORT: "8001"
NEO4J_URI: {{ $values.neo4j.uri | quote }}
NEO4J_USER: {{ $values.neo4j.user | quote }}
NEO4J_DATABASE: {{ $values.neo4j.database | quote }}
TEMPORAL_ADDRESS: {{ $values.temporal.address | quote }}
TEMPORAL_NAMESPACE: {{ $values.temporal.namespace | quote }}
TEMPORAL_TASK_QUEUE: {{ $values.temporal.taskQueue | quote }}
{{- with $values.temporal.tls }}
{{- if .enabled }}
TEMPORAL_TLS: "true"
{{- with .serverName }}
TEMPORAL_TLS_SERVER_NAME: {{ . | quote }}
{{- end }}
{{- if .existingSecret }}
{{- with .caKey }}
TEMPORAL_TLS_SERVER_CA_CERT_PATH: /etc/topolog/temporal/{{ . }}
{{- end }}
{{- with .certKey }}
TEMPORAL_TLS_CLIENT_CERT_PATH: /etc/topolog/temporal/{{ . }}
{{- end }}
{{- with .keyKey }}
TEMPORAL_TLS_CLIENT_KEY_PATH: /etc/topolog/temporal/{{ . }}
{{- end }}
{{- end }}
{{- end }}
{{- end }}
{{- if include "topolog.hasSourcesFile" . }}
TOPOLOG_SOURCES_FILE: /etc/topolog/sources/sources.yaml
{{- end }}
{{- range $name, $value := omit $values.config "ALLOWED_HOSTS" }}
{{ $name }}: {{ include "topolog.text" $value | quote }}
{{- end }}
{{- with include "topolog.allowedHosts" . }}
ALLOWED_HOSTS: {{ . | quote }}
{{- end }}
{{- end -}}

{{/* The names by which Topolog may be asked without a key: those of config, and where the API asks for no
key those of its Service and of the Ingress. */}}
{{- define "topolog.allowedHosts" -}}
{{- $hosts := list -}}
{{- with .Values.config.ALLOWED_HOSTS }}{{ $hosts = append $hosts . }}{{ end -}}
{{- if eq (default "auto" .Values.config.API_KEYS) "off" -}}
{{- $service := printf "%s-api" (include "topolog.fullname" .) -}}
{{- $inNamespace := printf "%s.%s" $service .Release.Namespace -}}
{{- $hosts = concat $hosts (list $service $inNamespace (printf "%s.svc" $inNamespace)) -}}
{{- if .Values.ingress.enabled }}{{ $hosts = append $hosts .Values.ingress.host }}{{ end -}}
{{- end -}}
{{- join "," $hosts -}}
{{- end -}}

{{/* The worker's port for the metrics of Temporal's SDK; nothing where it has none. */}}
{{- define "topolog.temporalMetricsPort" -}}
{{- include "topolog.text" (default "" .Values.config.TEMPORAL_METRICS_PORT) | trimPrefix "0" -}}
{{- end -}}

{{/* Annotations of what is there for the setup only: made before it, gone after it went well. */}}
{{- define "topolog.setupHook" -}}
helm.sh/hook: pre-install,pre-upgrade,pre-rollback
helm.sh/hook-weight: {{ . | quote }}
helm.sh/hook-delete-policy: before-hook-creation,hook-succeeded
{{- end -}}

{{/* Settings, sources and the Secret from a store, under names that begin with .prefix:
(dict "root" $ "component" "config" "prefix" "…" "annotations" (dict …)). */}}
{{- define "topolog.configuration" -}}
{{- $values := .root.Values -}}
apiVersion: v1
kind: ConfigMap
metadata:
  {{- include "topolog.metadata" (merge (dict "name" .prefix) .) | nindent 2 }}
data:
  {{- include "topolog.settings" .root | nindent 2 }}
{{- if $values.sources.items }}
---
apiVersion: v1
kind: ConfigMap
metadata:
  {{- include "topolog.metadata" (merge (dict "name" (printf "%s-sources" .prefix)) .) | nindent 2 }}
data:
  sources.yaml: |
    {{- dict "sources" $values.sources.items | toYaml | nindent 4 }}
{{- end }}
{{- with $values.secrets.externalSecret }}
{{- if .enabled }}
---
apiVersion: external-secrets.io/v1
kind: ExternalSecret
metadata:
  {{- include "topolog.metadata" (merge (dict "name" (printf "%s-env" $.prefix)) $) | nindent 2 }}
spec:
  refreshInterval: {{ .refreshInterval }}
  secretStoreRef:
    name: {{ .storeRef.name }}
    kind: {{ .storeRef.kind }}
  target:
    name: {{ $.prefix }}-env
    creationPolicy: Owner
  data:
    {{- range .data }}
    - secretKey: {{ .variable }}
      remoteRef:
        key: {{ .key | quote }}
        {{- with .property }}
        property: {{ . | quote }}
        {{- end }}
    {{- end }}
{{- end }}
{{- end }}
{{- end -}}
