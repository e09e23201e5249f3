#!/bin/sh
# Runs the tests, or the command that is given, under another Node, which npm's package `node` brings:
#   scripts/onNode.sh 22
#   scripts/onNode.sh 24 bin/commslog doctor
set -eu
version=${1:?'which Node: 22, 24 or a whole version'}
shift
[ $# -gt 0 ] || set -- npm test
cd "$(dirname "$0")/.."
folder=$PWD/node_modules/.cache/node-$version
[ -x "$folder/node_modules/node/bin/node" ] || npm install --loglevel error --no-save --prefix "$folder" "node@$version"
PATH=$folder/node_modules/node/bin:$PATH
export PATH
node --eval "console.log('Node', process.versions.node)"
exec "$@"
