{{/* Port of a URL. */}}
{{- define "topolog.portOfUrl" -}}
{{- $url := urlParse . -}}
{{- $port := regexFind ":[0-9]+$" $url.host | trimPrefix ":" -}}
{{- if $port -}}{{ $port }}
{{- else if hasPrefix "neo4j" $url.scheme -}}7687
{{- else if hasPrefix "bolt" $url.scheme -}}7687
{{- else -}}{{ eq $url.scheme "https" | ternary 443 80 }}
{{- end -}}
{{- end -}}

{{/* Ports of the sources' URLs, each once, as a JSON list. */}}
{{- define "topolog.sourcePorts" -}}
{{- $ports := list -}}
{{- range .Values.sources.items -}}
{{- $ports = append $ports (include "topolog.portOfUrl" .url | int) -}}
{{- end -}}
{{- with .Values.config.PROMETHEUS_URL -}}
{{- $ports = append $ports (include "topolog.portOfUrl" . | int) -}}
{{- end -}}
{{- default $ports .Values.networkPolicy.egress.sources.ports | uniq | toJson -}}
{{- end -}}

{{/* A rule of egress, where there is a port: (dict "ports" (list 53) "to" (list …) "protocols" (list "TCP")). */}}
{{- define "topolog.egress" -}}
{{- if .ports }}
- ports:
    {{- range $port := .ports }}
    {{- range default (list "TCP") $.protocols }}
    - {port: {{ $port }}, protocol: {{ . }}}
    {{- end }}
    {{- end }}
  {{- with .to }}
  to:
    {{- toYaml . | nindent 4 }}
  {{- end }}
{{- end }}
{{- end -}}

{{/* What every Pod reaches: DNS, Temporal and Neo4j. */}}
{{- define "topolog.egressOfAll" -}}
{{- $egress := .Values.networkPolicy.egress -}}
{{- $temporal := default (list (regexFind "[0-9]+$" .Values.temporal.address | int)) $egress.temporal.ports -}}
{{- $neo4j := default (list (include "topolog.portOfUrl" .Values.neo4j.uri | int)) $egress.neo4j.ports -}}
{{- include "topolog.egress" (dict "ports" $egress.dns.ports "to" $egress.dns.to "protocols" (list "UDP" "TCP")) }}
{{- include "topolog.egress" (dict "ports" $temporal "to" $egress.temporal.to) }}
{{- include "topolog.egress" (dict "ports" $neo4j "to" $egress.neo4j.to) }}
{{- end -}}
