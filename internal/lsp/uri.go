package lsp

import (
	"net/url"
	"path/filepath"
	"strings"
)

// uriOf names a file as editors do.
func uriOf(file string) string {
	file = filepath.ToSlash(file)
	if !strings.HasPrefix(file, "/") { // C:/x
		file = "/" + file
	}
	return (&url.URL{Scheme: "file", Path: file}).String()
}

// fileOf is the absolute path that a file: address names, empty for anything else.
func fileOf(uri string) string {
	u, err := url.Parse(uri)
	if err != nil || u.Scheme != "file" || u.Host != "" && u.Host != "localhost" || strings.ContainsRune(u.Path, 0) {
		return ""
	}
	path := u.Path
	if len(path) > 2 && path[0] == '/' && path[2] == ':' && filepath.Separator == '\\' {
		path = path[1:]
	}
	if path = filepath.Clean(filepath.FromSlash(path)); !filepath.IsAbs(path) {
		return ""
	}
	return path
}

// within is the path of a file below a folder, with '/', or empty.
func within(folder, file string) string {
	rel, err := filepath.Rel(folder, file)
	if err != nil || rel == "." || rel == ".." || strings.HasPrefix(rel, ".."+string(filepath.Separator)) {
		return ""
	}
	return filepath.ToSlash(rel)
}
