package openapi

import (
	"fmt"
	"time"
)

const (
	maxBytes = 16 << 20
	maxOps   = 5000
	patience = 20 * time.Second
)

// Read reads a document. It never follows a reference out of it, and gives up on one that takes too long: the
// document comes from the application under test and may be anything.
func Read(data []byte) (*Document, error) {
	if len(data) > maxBytes {
		return nil, fmt.Errorf("the OpenAPI document has %d MiB, the limit is %d", len(data)>>20, maxBytes>>20)
	}
	type answer struct {
		doc *Document
		err error
	}
	done := make(chan answer, 1)
	go func() {
		defer func() {
			if p := recover(); p != nil {
				done <- answer{err: fmt.Errorf("the OpenAPI document cannot be read: %v", p)}
			}
		}()
		doc, err := read(data)
		done <- answer{doc, err}
	}()
	select {
	case a := <-done:
		return a.doc, a.err
	case <-time.After(patience):
		return nil, fmt.Errorf("reading the OpenAPI document took more than %v", patience)
	}
}

// bodyTypes in the order of preference.
var bodyTypes = []string{"application/json", "application/x-www-form-urlencoded", "multipart/form-data"}
