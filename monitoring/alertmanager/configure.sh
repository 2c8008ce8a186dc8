#!/bin/sh
# Writes Alertmanager's configuration from alertmanager.yml and the environment, then becomes the program that is named:
#   configure.sh FOLDER PROGRAM [ARGUMENT…]     the program gets --config.file=FOLDER/alertmanager.yml
#   configure.sh FOLDER                         writes only
# POSIX sh with sed and awk, so that it runs in Alertmanager's own image. Secrets go into files that only this user reads and are
# named in the configuration; they never stand on a command line.
#
#   HEMOSTAT_ALERT_SLACK_URL          incoming webhook of Slack (or HEMOSTAT_ALERT_SLACK_URL_FILE)
#   HEMOSTAT_ALERT_SLACK_CHANNEL      channel, where the webhook leaves it open
#   HEMOSTAT_ALERT_EMAIL_TO           addresses, comma-separated
#   HEMOSTAT_ALERT_EMAIL_FROM         sender; hemostat@localhost when not set
#   HEMOSTAT_ALERT_SMTP               host:port of the mail server; needed for e-mail
#   HEMOSTAT_ALERT_SMTP_USER          and HEMOSTAT_ALERT_SMTP_PASSWORD (or _FILE)
#   HEMOSTAT_ALERT_SMTP_TLS           false for a server without STARTTLS
#   HEMOSTAT_ALERT_PAGERDUTY_KEY      routing key of the Events API v2 (or _FILE); gets severity critical only
#   HEMOSTAT_ALERT_WEBHOOK_URL        address that gets every notice as JSON (or _FILE)
#   HEMOSTAT_ALERT_HEARTBEAT_URL      address that gets the Watchdog every two minutes (or _FILE): a dead man's switch
set -eu
umask 077

fail() {
  echo "configure.sh: $1" >&2
  exit 2
}

folder="${1:?configure.sh: name the folder to write to}"
shift
here="$(dirname "$0")"
base="$here/alertmanager.yml"
[ -r "$base" ] || fail "$base cannot be read"
mkdir -p "$folder" || fail "$folder cannot be made"

# The value of a variable, or the content of the file that NAME_FILE names. Empty when there is none.
value() {
  eval "given=\${$1:-}"
  eval "file=\${$1_FILE:-}"
  if [ -n "$given" ]; then
    printf '%s' "$given"
  elif [ -n "$file" ]; then
    [ -r "$file" ] || fail "$1_FILE names $file, which cannot be read"
    tr -d '\r\n' <"$file"
  fi
}

# As a YAML text: quotes doubled, control characters away.
quoted() {
  printf "'%s'" "$(printf '%s' "$1" | tr -d '\000-\037' | sed "s/'/''/g")"
}

web_address() {
  case "$2" in
    '' | http://?* | https://?*) ;;
    *) fail "$1 is not a URL that begins with http:// or https:// (its value is kept secret)" ;;
  esac
}

# A secret in a file of its own.
keep() {
  printf '%s' "$2" >"$folder/$1"
  printf '%s' "$folder/$1"
}

slack="$(value HEMOSTAT_ALERT_SLACK_URL)"
pagerduty="$(value HEMOSTAT_ALERT_PAGERDUTY_KEY)"
webhook="$(value HEMOSTAT_ALERT_WEBHOOK_URL)"
heartbeat="$(value HEMOSTAT_ALERT_HEARTBEAT_URL)"
password="$(value HEMOSTAT_ALERT_SMTP_PASSWORD)"
email="${HEMOSTAT_ALERT_EMAIL_TO:-}"
smtp="${HEMOSTAT_ALERT_SMTP:-}"
smtp_user="${HEMOSTAT_ALERT_SMTP_USER:-}"

web_address HEMOSTAT_ALERT_SLACK_URL "$slack"
web_address HEMOSTAT_ALERT_WEBHOOK_URL "$webhook"
web_address HEMOSTAT_ALERT_HEARTBEAT_URL "$heartbeat"
if [ -n "$email" ] && [ -z "$smtp" ]; then
  fail "HEMOSTAT_ALERT_EMAIL_TO is set, but no mail server: set HEMOSTAT_ALERT_SMTP to its host:port"
fi
case "$smtp" in
  '' | ?*:[0-9]*) ;;
  *) fail "HEMOSTAT_ALERT_SMTP: \"$smtp\" is not host:port" ;;
esac
case "${HEMOSTAT_ALERT_SMTP_TLS:-true}" in
  true | false) ;;
  *) fail "HEMOSTAT_ALERT_SMTP_TLS: \"$HEMOSTAT_ALERT_SMTP_TLS\" is neither true nor false" ;;
esac

slack_part() {
  [ -n "$slack" ] || return 0
  echo '    slack_configs:'
  echo "      - api_url_file: $(quoted "$(keep slack-url "$slack")")"
  if [ -n "${HEMOSTAT_ALERT_SLACK_CHANNEL:-}" ]; then
    echo "        channel: $(quoted "$HEMOSTAT_ALERT_SLACK_CHANNEL")"
  fi
  cat <<'PART'
        send_resolved: true
        title: '{{ if eq .Status "firing" }}[{{ .CommonLabels.severity }}] {{ end }}{{ .CommonLabels.alertname }}{{ if eq .Status "resolved" }}: over{{ end }}'
        text: '{{ range .Alerts }}{{ .Annotations.summary }}{{ with .Annotations.description }} {{ . }}{{ end }}{{ with .Annotations.runbook_url }} <{{ . }}|What to do>{{ end }}{{ "\n" }}{{ end }}'
PART
}

email_part() {
  [ -n "$email" ] || return 0
  echo '    email_configs:'
  echo "      - to: $(quoted "$email")"
  echo "        from: $(quoted "${HEMOSTAT_ALERT_EMAIL_FROM:-hemostat@localhost}")"
  echo "        smarthost: $(quoted "$smtp")"
  echo "        require_tls: ${HEMOSTAT_ALERT_SMTP_TLS:-true}"
  if [ -n "$smtp_user" ]; then
    echo "        auth_username: $(quoted "$smtp_user")"
  fi
  if [ -n "$password" ]; then
    echo "        auth_password_file: $(quoted "$(keep smtp-password "$password")")"
  fi
  echo '        send_resolved: true'
}

pagerduty_part() {
  [ -n "$pagerduty" ] || return 0
  echo '    pagerduty_configs:'
  echo "      - routing_key_file: $(quoted "$(keep pagerduty-key "$pagerduty")")"
  echo '        severity: critical'
  echo "        description: '{{ .CommonLabels.alertname }}: {{ (index .Alerts 0).Annotations.summary }}'"
  echo '        send_resolved: true'
}

# Alertmanager 0.25 knows no url_file here, so the address stands in the file that only this user reads.
webhook_part() {
  [ -n "$1" ] || return 0
  echo '    webhook_configs:'
  echo "      - url: $(quoted "$1")"
  echo "        send_resolved: $2"
}

parts="$folder/parts"
mkdir -p "$parts"
webhook_part "$heartbeat" false >"$parts/heartbeat"
{ slack_part && email_part && webhook_part "$webhook" true; } >"$parts/team"
{ slack_part && email_part && pagerduty_part && webhook_part "$webhook" true; } >"$parts/urgent"

awk -v parts="$parts" '
  { print }
  /# from the environment: [a-z]+$/ {
    file = parts "/" $NF
    while ((getline line < file) > 0) print line
    close(file)
  }
' "$base" >"$folder/alertmanager.yml.new"
mv "$folder/alertmanager.yml.new" "$folder/alertmanager.yml"
rm -rf "$parts"

if [ "$#" -gt 0 ]; then
  program="$1"
  shift
  exec "$program" "--config.file=$folder/alertmanager.yml" "$@"
fi
