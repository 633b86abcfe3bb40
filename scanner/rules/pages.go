//go:build !lean

package rules

import "embed"

//go:embed *.md
var pages embed.FS

// page is what NAME.md says, "" where there is none.
func page(stem string) string {
	text, _ := pages.ReadFile(stem + ".md")
	return string(text)
}
