#!/bin/sh
# Debian's Prometheus is older than the pinned one and has no OTLP receiver. This takes from the command line and the
# configuration what it does not know yet, and leaves the rest to its own judgement.
for argument; do
  shift
  case $argument in
    --web.enable-otlp-receiver) ;;
    --config.file=*)
      sed '/^otlp:/,/^[a-z]/{/^otlp:/d;/^ /d}' "${argument#--config.file=}" > /tmp/prometheus.yml
      set -- "$@" --config.file=/tmp/prometheus.yml ;;
    *) set -- "$@" "$argument" ;;
  esac
done
exec /usr/lib/prometheus "$@"
