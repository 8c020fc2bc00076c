#!/bin/sh
# Run a Python module of this folder with the first Python on this machine that is new enough.
# PYTHON names one to prefer.
for candidate in "$PYTHON" python3 python3.14 python3.13 python3.12 python3.11 python; do
    [ -n "$candidate" ] || continue
    command -v "$candidate" >/dev/null 2>&1 || continue
    if "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; then
        exec "$candidate" -m "$@"
    fi
    found="$found $("$candidate" -c 'import platform; print(platform.python_version())' 2>/dev/null)"
done
found=$(echo "$found" | tr ' ' '\n' | grep . | sort -u | tr '\n' ' ' | sed 's/ $//')
echo "Medea needs Python 3.11 or newer and found ${found:-none} on this machine: install one, or name it with PYTHON=/path/to/python3." >&2
exit 1
