#!/usr/bin/env bash
# streams.sh OURO FILE.pyc: what happens at the ends of pipes.
set -euo pipefail
ouro=$1
file=$2
fail() { echo "streams.sh: $1" >&2; exit 1; }

# A reader that goes away early is no error: nothing on standard error, exit status 0.
"$ouro" info "$file" "$file" "$file" 2>stderr.txt | head -n 1 >/dev/null || fail "a closed pipe made ouro fail"
[ ! -s stderr.txt ] || fail "a closed pipe was reported: $(cat stderr.txt)"
for _ in 1 2 3 4 5; do
  "$ouro" dis $(yes "$file" | head -n 400) 2>stderr.txt | head -n 1 >/dev/null || fail "a closed pipe made ouro dis fail"
done
[ ! -s stderr.txt ] || fail "a closed pipe was reported: $(cat stderr.txt)"

# A full disk is one.
if [ -e /dev/full ]; then
  status=0
  "$ouro" info "$file" >/dev/full 2>stderr.txt || status=$?
  [ "$status" -eq 1 ] || fail "a full disk gave status $status"
  grep -q "standard output: No space left" stderr.txt || fail "a full disk was not reported"
fi

# "-" is standard input, also through a pipe.
cat "$file" | "$ouro" info - | grep -q "^<stdin>" || fail "standard input was not read"

# No colour where there is no terminal.
! "$ouro" info "$file" | grep -q $'\033' || fail "escape sequences in a pipe"
rm -f stderr.txt
