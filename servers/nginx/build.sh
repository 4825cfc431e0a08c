#!/bin/sh
# Builds ngx_http_corsac_module.so:
#
#     build.sh CORSAC_PREFIX NGINX_SOURCE OUTPUT
#
# CORSAC_PREFIX is where libcorsac is installed, NGINX_SOURCE the source of the nginx that will load the module
# (from Debian's package nginx-dev: /usr/share/nginx/src), OUTPUT a folder for all that is made. Nothing is written
# to the source.
# CORSAC_CC_OPT and CORSAC_LD_OPT add flags for the compiler and the linker.
set -eu

if [ $# -ne 3 ]; then
    sed -n '2,/^set/s/^# \{0,1\}//p' "$0" >&2
    exit 2
fi

module=$(CDPATH= cd -- "$(dirname -- "$0")" && pwd)
CORSAC_PREFIX=$(CDPATH= cd -- "$1" && pwd)
export CORSAC_PREFIX
mkdir -p "$3"
output=$(CDPATH= cd -- "$3" && pwd)

cd "$2"
./configure --with-compat --builddir="$output/objs" --add-dynamic-module="$module" \
    --with-cc-opt="-g -O2 -fPIC -fstack-protector-strong ${CORSAC_CC_OPT-}" \
    --with-ld-opt="-Wl,-z,relro -Wl,-z,now ${CORSAC_LD_OPT-}" >"$output/configure.log" 2>&1 || {
        cat "$output/configure.log" >&2
        exit 1
    }
make -f "$output/objs/Makefile" modules >"$output/make.log" 2>&1 || {
    cat "$output/make.log" >&2
    exit 1
}
cp "$output/objs/ngx_http_corsac_module.so" "$output/"
echo "$output/ngx_http_corsac_module.so"
