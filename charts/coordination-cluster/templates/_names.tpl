{{- define "cluster.name" -}}
{{- .Values.name | default .Release.Name -}}
{{- end -}}

{{- define "cluster.labels" -}}
app.kubernetes.io/name: rookery
app.kubernetes.io/instance: {{ include "cluster.name" . }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" }}
{{- end -}}
