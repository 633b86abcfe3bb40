#!/bin/sh
# Builds the binary of the image: lean.sh OUTPUT. No time, no path of this machine and no revision goes into it: the same source
# gives the same bytes. Of OpenAPI documents the lean build reads JSON only, which is what FastAPI serves; a reader of all forms
# is a quarter of the program. HTTP/2 is left out, 336 kB: GitHub and the applications that are raced speak HTTP/1.1, too. Functions are
# copied into their callers only where a scan spends its time: in the parser, the judge and what follows the code.
# Elsewhere copies make the image larger and nothing faster. Our files go by their place in the tree, which is 20 kB less than by their
# import path; the last flags for the compiler are written into the binary, so that those name no directory.
# Lists of structures are sorted by sort.SliceStable, which is compiled once: the sorts of package slices are compiled anew for each kind of
# list, 5 to 10 kB a time.
set -eu
ours=github.com/middlebrick/middlebrick
at=-trimpath=$PWD=\>
CGO_ENABLED=0 exec go build -tags lean,nethttpomithttp2 -trimpath -buildvcs=false -ldflags '-s -w -buildid=' -gcflags='github.com/...=-l' \
	-gcflags="$ours/internal/...=-l $at" -gcflags="$ours/sarif=-l $at" -gcflags="$ours/scanner/...=-l $at" \
	-gcflags="$ours/scanner/interleave=$at" -gcflags="$ours/scanner/python=$at" -gcflags="$ours/scanner/budget=$at" \
	-gcflags="$ours/scanner/flow=$at" \
	-gcflags='net/...=-l' -gcflags='crypto/...=-l' -gcflags='vendor/...=-l' -gcflags='encoding/...=-l' \
	-gcflags='text/...=-l' -gcflags='html/...=-l' -gcflags='math/big=-l' -gcflags='mime/...=-l' -gcflags='archive/...=-l' -gcflags='go/...=-l' -gcflags='log/...=-l' \
	-gcflags='time=-l' -gcflags='fmt=-l' -gcflags='compress/...=-l' -gcflags='os/...=-l' -gcflags='io/...=-l' -gcflags='bufio=-l' -gcflags='context=-l' \
	-gcflags='path/...=-l' -gcflags='regexp/...=-l' -gcflags='unicode/...=-l' -gcflags='errors=-l' -gcflags='embed=-l' -gcflags='flag=-l' -gcflags='hash/...=-l' \
	-gcflags='container/...=-l' -gcflags='reflect=-l' -gcflags='sort=-l' -gcflags='strconv=-l' -gcflags='syscall=-l' -gcflags='internal/poll=-l' \
	-gcflags='strings=-l' -gcflags='bytes=-l' -gcflags='sync/...=-l' -gcflags='internal/fmtsort=-l' -gcflags='internal/syscall/...=-l' -gcflags='internal/godebug=-l' \
	-o "$1" .
