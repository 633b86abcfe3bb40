//go:build lean

package openapi

func read(data []byte) (*Document, error) { return readJSON(data) }
