package config

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/middlebrick/middlebrick/scanner/effects"
)

// Setting is one setting as it counts.
type Setting struct{ Name, Value, From string }

// Settings lists every setting with its value and where it comes from.
func (c *Config) Settings() []Setting {
	var out []Setting
	for _, k := range keys {
		out = append(out, Setting{k.name, k.show(c), c.From(k.name)})
	}
	return out
}

// show writes a value in the syntax of the file; a setting without a value says what happens then.
func (k *key) show(c *Config) string {
	switch v := k.slot(c).(type) {
	case *[]string:
		return quoted(*v)
	case *string:
		if *v == "" {
			return "-"
		}
		return strconv.Quote(*v)
	case *int:
		if *v == 0 {
			return "-"
		}
		return strconv.Itoa(*v)
	case *bool:
		return strconv.FormatBool(*v)
	case *[]FileRules:
		var parts []string
		for _, f := range *v {
			parts = append(parts, fmt.Sprintf("%q = %s", f.Pattern, quoted(f.Rules)))
		}
		return "{" + strings.Join(parts, ", ") + "}"
	case *[]effects.Declared:
		var parts []string
		for _, d := range *v {
			parts = append(parts, fmt.Sprintf("%q = { does = %q, resource = %q, key = %q }", d.Name, d.Does, d.Resource, d.Key))
		}
		return "{" + strings.Join(parts, ", ") + "}"
	}
	return "-"
}

func quoted(words []string) string {
	out := make([]string, len(words))
	for i, w := range words {
		out[i] = strconv.Quote(w)
	}
	return "[" + strings.Join(out, ", ") + "]"
}
