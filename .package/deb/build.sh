#!/usr/bin/env bash
# Makes build/plumbline_VERSION-1_ARCH.deb of what `make install` installs.
# Usage: bash .package/deb/build.sh VERSION BUILD_FOLDER
set -euo pipefail
cd "$(dirname "$0")/../.."
version=$1 build=$(realpath "$2")
work=$build/deb root=$build/deb/root
here=$PWD/.package/deb
arch=$(dpkg --print-architecture)
multiarch=$(gcc -print-multiarch)
# The same sources give the same package.
epoch=${SOURCE_DATE_EPOCH:-$(git log -1 --format=%ct 2>/dev/null || echo 0)}
export SOURCE_DATE_EPOCH=$epoch

rm -rf "$work"
mkdir -p "$root/DEBIAN" "$work/debian"
make --no-print-directory install B="$build" PREFIX=/usr DESTDIR="$root"

strip --strip-unneeded "$root/usr/bin/plumbline"
find "$root/usr/lib" -name '*.so*' -type f -exec strip --strip-unneeded {} +
strip --strip-debug --enable-deterministic-archives "$root/usr/lib/$multiarch/libplumbline.a"
documents=$root/usr/share/doc/plumbline
mkdir -p "$documents"
install -m 644 "$here/copyright" "$documents/copyright"
sed -e "s/@VERSION@/$version/" -e "s/@DATE@/$(LC_ALL=C date -u -R -d "@$epoch")/" "$here/changelog" |
  gzip -9n >"$documents/changelog.Debian.gz"
find "$root/usr/share/man" -type f -name '*.[1-9]' -exec gzip -9n {} +

# dpkg-shlibdeps looks for debian/control where it runs.
printf 'Source: plumbline\n\nPackage: plumbline\nArchitecture: any\n' >"$work/debian/control"
binaries=$(cd "$root" && find usr/bin usr/lib -type f \( -name plumbline -o -name '*.so*' \) -printf 'root/%p\n')
# shellcheck disable=SC2086
depends=$(cd "$work" && dpkg-shlibdeps -O $binaries 2>shlibdeps.log | sed 's/^shlibs:Depends=//')
[ -n "$depends" ] || { cat "$work/shlibdeps.log" >&2; exit 1; }

(cd "$root" && find usr -type f -print0 | LC_ALL=C sort -z | xargs -0 md5sum >DEBIAN/md5sums)
echo 'activate-noawait ldconfig' >"$root/DEBIAN/triggers"
sed -e "s/@VERSION@/$version/" -e "s/@ARCH@/$arch/" -e "s/@DEPENDS@/$depends/" \
  -e "s/@SIZE@/$(du -ks --apparent-size "$root/usr" | cut -f1)/" "$here/control.in" >"$root/DEBIAN/control"
find "$root" -exec touch -h -d "@$epoch" {} +
dpkg-deb --root-owner-group --build "$root" "$build/plumbline_$version-1_$arch.deb" >/dev/null
rm -rf "$work"
echo "$build/plumbline_$version-1_$arch.deb"
