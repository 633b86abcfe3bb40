# What is handed to people who do not build it themselves.

.PHONY: dist

## dist: wheels and archives for six platforms, with checksums, in dist
dist:
	python3 make/wheels.py --go "$(GO)"
