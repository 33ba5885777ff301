#!/bin/sh
# Tells the dynamic loader about libraries that came or went: only where it looks
# for them, and only when this machine itself is installed to.
if [ -z "$1" ] && [ "$(id -u)" -eq 0 ]; then
  case $2 in /usr | /usr/local) ldconfig ;; esac
fi
