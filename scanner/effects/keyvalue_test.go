package effects

import "testing"

func TestSameKeys(t *testing.T) {
	for _, c := range []struct {
		a, b string
		same bool
	}{
		{"f'wallet:{user}'", "f'wallet:{body.source}'", true},
		{"f'wallet:{user}:coins'", "f'wallet:{user}:name'", false},
		{"f'channel:{name}'", "f'member:{name}'", false},
		{"'lock:a'", "'lock:b'", false},
		{"'lock:a'", "f'lock:{x}'", true},
		{"'lock:a'", "f'{x}'", false},
		{"f'{x}'", "f'{y}'", true},
		{"f'{x}'", "f'job:{y}'", false},
		{"f'{self.prefix}:{id}'", "f'{p}:{key}'", true},
		{"order_id", "body.order", true}, // what names a document is no text
		{"'ab'", "f'a{x}a{y}b'", false},
	} {
		if got := SameKeys(c.a, c.b); got != c.same {
			t.Errorf("SameKeys(%s, %s) = %v", c.a, c.b, got)
		}
		if got := SameKeys(c.b, c.a); got != c.same {
			t.Errorf("SameKeys(%s, %s) = %v", c.b, c.a, got)
		}
	}
}
