{{/* The release "rookery" makes "rookery-operator", not "rookery-rookery-operator". Room is left for suffixes. */}}
{{- define "rookery.fullname" -}}
{{- if .Values.fullnameOverride -}}
{{- .Values.fullnameOverride -}}
{{- else if contains "rookery-operator" .Release.Name -}}
{{- .Release.Name | trunc 50 | trimSuffix "-" -}}
{{- else if eq .Release.Name "rookery" -}}
rookery-operator
{{- else -}}
{{- printf "%s-rookery-operator" (.Release.Name | trunc 33 | trimSuffix "-") -}}
{{- end -}}
{{- end -}}

{{- define "rookery.serviceAccountName" -}}
{{- default (include "rookery.fullname" .) .Values.serviceAccount.name -}}
{{- end -}}

{{/* What the Deployment selects by: never changes from one version to the next. By name and component the members let the operator in. */}}
{{- define "rookery.selectorLabels" -}}
app.kubernetes.io/name: rookery
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/component: operator
{{- end -}}

{{- define "rookery.labels" -}}
{{ include "rookery.selectorLabels" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/part-of: rookery
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" }}
{{- end -}}
