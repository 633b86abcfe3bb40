package toml

import (
	"strings"
	"testing"
	"time"
)

func TestLines(t *testing.T) {
	text := "# one\n[tool.a]\nx = 1\n\ny = \"\"\"[[[[\"\"\"\n\n\n[tool.b]\nz = { q = 2,\n r = 'it''s' }\n"
	text = strings.Replace(text, "'it''s'", "'its'", 1)
	var doc struct {
		Tool map[string]map[string]Primitive `toml:"tool"`
	}
	d, err := Decode([]byte(strings.ReplaceAll(text, "{ q = 2,\n r", "{ q = 2, r")), &doc)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		p    Primitive
		line int
	}{{doc.Tool["a"]["x"], 3}, {doc.Tool["a"]["y"], 5}, {doc.Tool["b"]["z"], 9}} {
		if got := d.Line(c.p); got != c.line {
			t.Errorf("line %d, want %d", got, c.line)
		}
	}
	var n int
	if err := d.Decode(doc.Tool["a"]["x"], &n); err != nil || n != 1 {
		t.Errorf("%d, %v", n, err)
	}
	err = d.Decode(doc.Tool["a"]["y"], &n)
	if err == nil || err.(*Error).Line != 5 || strings.Contains(err.Error(), "toml:") {
		t.Errorf("error %v", err)
	}
}

// TestBombs reads small files that are made to cost much. Each is refused, with its line, at once.
func TestBombs(t *testing.T) {
	for name, c := range map[string]struct {
		text string
		line int
	}{
		"brackets":     {"a = 1\nb = " + strings.Repeat("[", 400_000), 2},
		"tables":       {"b = " + strings.Repeat("{a=", 300_000), 1},
		"dotted key":   {"\n" + strings.Repeat("a.", 400_000) + "a = 1", 2},
		"dotted table": {"[" + strings.Repeat("a . ", 200_000) + "a]", 1},
		"quoted parts": {strings.Repeat(`"a".`, 200_000) + "a = 1", 1},
		"after string": {`s = """ \""" [ """` + "\nb = " + strings.Repeat("[", 100), 2},
		"large":        {"a = '" + strings.Repeat("x", MaxSize) + "'", 0},
	} {
		begin := time.Now()
		var v map[string]any
		_, err := Decode([]byte(c.text), &v)
		e, ok := err.(*Error)
		if !ok || e.Line != c.line {
			t.Errorf("%s: %v, want an error in line %d", name, err, c.line)
		}
		if took := time.Since(begin); took > 5*time.Second {
			t.Errorf("%s took %v", name, took)
		}
	}
}

// TestOrdinary reads what is legal and looks deep to a careless eye.
func TestOrdinary(t *testing.T) {
	for _, text := range []string{
		"a = '" + strings.Repeat("[", 1000) + "'",
		"# " + strings.Repeat("[.", 1000),
		"a = [" + strings.Repeat("1.5, ", 1000) + "]",
		"a = '''" + strings.Repeat("[\n", 1000) + "''''",
		`a = "\"` + strings.Repeat("[", 1000) + `"`,
		"a = " + strings.Repeat("[", 60) + strings.Repeat("]", 60),
	} {
		var v map[string]any
		if _, err := Decode([]byte(text), &v); err != nil {
			t.Errorf("%.40q: %v", text, err)
		}
	}
}

func TestMistakes(t *testing.T) {
	for text, line := range map[string]int{"a = 1\nb = = 2": 2, "a = 1\na = 2": 2, "[x": 1, "a = \"x": 1, "\n\na = nope": 3} {
		var v map[string]any
		_, err := Decode([]byte(text), &v)
		if e, ok := err.(*Error); !ok || e.Line != line {
			t.Errorf("%q: %v, want line %d", text, err, line)
		}
	}
}
