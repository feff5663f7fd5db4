#!/usr/bin/env bash
# Installs the event notification receipt service of VOD, as the guide "How to Receive Event Notification" has it:
#   export SECRET_ID=AK…; export SECRET_KEY=…; export APPID=125…; bash installer/callback_scf.sh
# On this machine, with a stack of its own; TARGET=tencent deploys to the real cloud instead. What follows on the command line
# goes to `vodstack deploy`, such as --configure-callback.
set -u -o pipefail

ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
TARGET=${TARGET:-local}
export VODSTACK_DATA=${VODSTACK_DATA:-$ROOT/data}
export VODSTACK_ENDPOINT=${VODSTACK_ENDPOINT:-http://127.0.0.1:${VODSTACK_PORT:-8080}}
SERVER_LOG=$VODSTACK_DATA/installer.log
START_SECONDS=180

log() { echo "$(date '+[%Y-%m-%d %H:%M:%S]')$1"; }
fail() {
  echo "$(date '+[%Y-%m-%d %H:%M:%S]')Error: $1" >&2
  exit 1
}
vodstack() { node "$ROOT/packages/cli/bin/vodstack.mjs" "$@"; }
as_root() { if [ "$(id -u)" -eq 0 ]; then "$@"; else sudo "$@"; fi; }
is_up() {
  node -e 'fetch(process.argv[1], { signal: AbortSignal.timeout(3000) }).then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))' \
    "$VODSTACK_ENDPOINT/healthz"
}

install_npm() {
  local output
  if command -v apt-get > /dev/null; then
    output=$( (as_root apt-get update && as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends nodejs npm) 2>&1)
  elif command -v dnf > /dev/null; then
    output=$(as_root dnf install -y nodejs npm 2>&1)
  elif command -v apk > /dev/null; then
    output=$(as_root apk add nodejs npm 2>&1)
  else
    fail "npm is not installed, and this system has neither apt-get, dnf nor apk: install Node.js 18 or newer from https://nodejs.org."
  fi
  command -v npm > /dev/null || fail "npm could not be installed: $(tail -n 5 <<< "$output") Install Node.js 18 or newer from https://nodejs.org."
}

case $TARGET in
  local | tencent) ;;
  *) fail "TARGET must be local or tencent, got \"$TARGET\"." ;;
esac
if [ -z "${SECRET_ID:-}" ] && [ -n "${SECRET_KEY:-}" ] || [ -n "${SECRET_ID:-}" ] && [ -z "${SECRET_KEY:-}" ]; then
  fail "SECRET_ID and SECRET_KEY belong together: export both."
fi
if [ "$TARGET" = tencent ] && [ -z "${SECRET_ID:-}" ]; then
  fail "For the cloud export SECRET_ID and SECRET_KEY first: https://console.cloud.tencent.com/cam/capi"
fi

log "Start checking npm."
command -v npm > /dev/null && command -v node > /dev/null || install_npm
node -e 'process.exit(Number(process.versions.node.split(".")[0]) >= 18 ? 0 : 1)' ||
  fail "Node.js 18 or newer is needed, this is $(node --version): see https://nodejs.org."
log "npm is successfully installed."

log "Start installing vodstack."
node "$ROOT/scripts/setup.mjs" install || fail "vodstack could not be installed; the reason stands above."
log "vodstack is successfully installed."

if [ "$TARGET" = local ] && ! is_up; then
  log "Start vodstack at $VODSTACK_ENDPOINT."
  mkdir -p -m 700 "$VODSTACK_DATA"
  # A session of its own: it goes on when this terminal is closed.
  setsid nohup node "$ROOT/packages/cli/bin/vodstack.mjs" up \
    --port "$(node -p 'new URL(process.argv[1]).port || 80' "$VODSTACK_ENDPOINT")" \
    > "$SERVER_LOG" 2>&1 < /dev/null &
  server=$!
  for ((second = 0; second < START_SECONDS; second++)); do
    is_up && break
    kill -0 "$server" 2> /dev/null || fail "vodstack ended: $(tail -n 5 "$SERVER_LOG")"
    sleep 1
  done
  is_up || fail "vodstack is not ready after $START_SECONDS seconds; see $SERVER_LOG"
  log "vodstack is started (process $server, log $SERVER_LOG)."
fi

vodstack deploy --target "$TARGET" --no-checks "$@" || fail "The event notification receipt service could not be deployed."
