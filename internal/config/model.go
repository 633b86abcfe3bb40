package config

import (
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/middlebrick/middlebrick/internal/suggest"
	"github.com/middlebrick/middlebrick/internal/toml"
	"github.com/middlebrick/middlebrick/scanner/effects"
)

// parts are the keys of one model.
var parts = []string{"does", "resource", "key"}

// models reads
//
//	[models]
//	"acme.stock.Client.left" = { does = "read", resource = "stock", key = "sku" }
func (c *Config) models(name string, value toml.Primitive, doc *toml.Document, slot *[]effects.Declared) error {
	entries, names, err := c.entries(name, value, doc, "\"acme.stock.Client.left\" = { does = \"read\", resource = \"stock\" }")
	if err != nil {
		return err
	}
	for _, called := range names {
		wrong := func(message, hint string) error {
			return &Error{c.Path, c.lineOf(entries[called], doc), name + ": " + message, hint}
		}
		table, err := doc.Table(entries[called])
		if err != nil {
			return wrong(strconv.Quote(called)+" takes a table with "+strings.Join(parts, ", "), "a name with dots stands in quotes")
		}
		d := effects.Declared{Name: called}
		for _, part := range slices.Sorted(maps.Keys(table)) {
			target := map[string]*string{"does": &d.Does, "resource": &d.Resource, "key": &d.Key}[part]
			if target == nil {
				hint := "a name with dots stands in quotes; a model has " + strings.Join(parts, ", ")
				if near := suggest.Nearest(part, parts); near != "" {
					hint = "did you mean " + near + "?"
				}
				return wrong(strconv.Quote(called)+": unknown key "+strconv.Quote(clip(part)), hint)
			}
			if !word(doc, table[part], target) {
				return wrong(strconv.Quote(called)+": "+part+" takes a string", "")
			}
			if err := c.bounded(name, []string{*target}); err != nil {
				return err
			}
		}
		if err := d.Check(); err != nil {
			return wrong(err.Error(), "")
		}
		*slot = append(*slot, d)
	}
	return nil
}

// lineOf is the line of a value. A table that a dotted key makes has none: the line of its first entry stands for it.
func (c *Config) lineOf(value toml.Primitive, doc *toml.Document) int {
	line := doc.Line(value)
	if table, err := doc.Table(value); line == 0 && err == nil {
		for _, name := range slices.Sorted(maps.Keys(table)) {
			return doc.Line(table[name])
		}
	}
	return line
}

// word reads a string, or the number of an argument.
func word(doc *toml.Document, value toml.Primitive, target *string) bool {
	var n int
	if doc.Decode(value, target) == nil {
		return true
	}
	if doc.Decode(value, &n) != nil {
		return false
	}
	*target = strconv.Itoa(n)
	return true
}
