/** As the official peer image calls its own: what a peer has built names the builder, and stays usable with either. */
export const BUILDER_NAME = 'ccaas_builder';

/** Folder with a file for each placeholder of a package's `connection.json`. */
export const CONNECTION_FOLDER_VARIABLE = 'CHAINCODE_CONNECTION_FOLDER';

/** What of the peer's environment reaches the builder; the second is read by the stock builder. */
export const BUILDER_VARIABLES = [CONNECTION_FOLDER_VARIABLE, 'CHAINCODE_AS_A_SERVICE_BUILDER_CONFIG'] as const;

const DETECT = `#!/bin/sh
# detect SOURCE METADATA: whether the package is chaincode that runs as a service.
exec grep -q '"type"[[:space:]]*:[[:space:]]*"ccaas"' "$2/metadata.json"
`;

const BUILD = `#!/bin/sh
# build SOURCE METADATA OUTPUT: nothing is compiled; the package says how the service is reached.
set -eu
cp "$1/connection.json" "$3/connection.json"
if [ -d "$1/META-INF" ]; then cp -R "$1/META-INF" "$3/META-INF"; fi
`;

const RELEASE = `#!/bin/sh
# release OUTPUT RELEASE: each {{.name}} in the package's connection.json becomes the content of the file of that name in
# $${CONNECTION_FOLDER_VARIABLE}, so that no package holds an address or a key.
set -eu
umask 077
mkdir -p "$2/chaincode/server"
if [ -d "$1/META-INF/statedb" ]; then cp -R "$1/META-INF/statedb" "$2/statedb"; fi
awk -v folder="\${${CONNECTION_FOLDER_VARIABLE}:-}" '
  function read(name,   line, text, separator) {
    while ((getline line < (folder "/" name)) > 0) { text = text separator line; separator = "\\\\n" }
    if (text != "") return text
    print "There is nothing to put in the place of {{." name "}}: " folder "/" name " is missing or empty" | "cat >&2"
    failed = 1
    exit 1
  }
  {
    rest = $0
    while (match(rest, /[{][{][.][a-z_]+[}][}]/)) {
      found = substr(rest, RSTART + 3, RLENGTH - 5)
      printf "%s", substr(rest, 1, RSTART - 1)
      rest = substr(rest, RSTART + RLENGTH)
      printf "%s", read(found)
    }
    print rest
  }
  END { exit failed }
' "$1/connection.json" > "$2/chaincode/server/connection.json"
`;

/**
 * The external builder for chaincode as a service, by file name in its `bin/` (core/container/externalbuilder): POSIX shell, so that it runs
 * beside any peer. Packages whose `connection.json` is a template work with this builder and with the stock one alike.
 */
export const BUILDER_SCRIPTS: Readonly<Record<'detect' | 'build' | 'release', string>> = {
  detect: DETECT,
  build: BUILD,
  release: RELEASE,
};
