package config

import (
	"bytes"
	"encoding/json"

	"github.com/middlebrick/middlebrick/scanner/effects"
)

// Schema returns the JSON Schema of the settings, for editors that check TOML.
func Schema() ([]byte, error) {
	properties := map[string]any{}
	for _, k := range keys {
		p := k.schema()
		p["description"] = k.about
		properties[k.name] = p
	}
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	err := enc.Encode(map[string]any{
		"$schema":              "http://json-schema.org/draft-07/schema#",
		"title":                "middlebrick.toml, and the table [tool.middlebrick] of pyproject.toml",
		"type":                 "object",
		"additionalProperties": false,
		"properties":           properties,
	})
	return b.Bytes(), err
}

func (k *key) schema() map[string]any {
	item := map[string]any{"type": "string", "maxLength": maxText}
	words := map[string]any{"type": "array", "items": item, "maxItems": maxItems}
	switch k.kind {
	case list:
		return words
	case choice:
		return map[string]any{"enum": k.options}
	case number:
		return map[string]any{"type": "integer", "minimum": 1, "maximum": 10_000}
	case boolean:
		return map[string]any{"type": "boolean"}
	case perFile:
		return map[string]any{"type": "object", "additionalProperties": words, "maxProperties": maxItems}
	case models:
		one := map[string]any{"type": "object", "additionalProperties": false, "required": []string{"does"}, "properties": map[string]any{
			"does":     map[string]any{"enum": effects.Deeds, "description": "what a call does"},
			"resource": map[string]any{"type": "string", "description": "what is touched: calls race only if they name the same"},
			"key":      map[string]any{"type": []string{"string", "integer"}, "description": "the argument that says which one, by name or from 0 by position"},
		}}
		return map[string]any{"type": "object", "additionalProperties": one, "maxProperties": maxItems}
	}
	return map[string]any{"type": "string", "maxLength": maxText}
}
