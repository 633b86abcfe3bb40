package schema

import (
	"fmt"
	"regexp"
	"sort"
	"strings"
	"testing"
	"time"

	"github.com/middlebrick/middlebrick/scanner/program"
	"github.com/middlebrick/middlebrick/scanner/python"
)

var section = regexp.MustCompile(`(?m)^-- (\S+) --\n`)

// load reads a project written as one text: "-- path --" begins a file.
func load(t *testing.T, project string) *Schema {
	t.Helper()
	var files []*python.File
	var configs []Config
	heads := section.FindAllStringSubmatchIndex(project, -1)
	for i, h := range heads {
		end := len(project)
		if i+1 < len(heads) {
			end = heads[i+1][0]
		}
		path, body := project[h[2]:h[3]], project[h[1]:end]
		if !strings.HasSuffix(path, ".py") {
			configs = append(configs, Config{path, []byte(body)})
			continue
		}
		f := python.Parse(path, []byte(body))
		if len(f.Errors) > 0 {
			t.Fatalf("%s: %v", path, f.Errors)
		}
		files = append(files, f)
	}
	return Read(program.Build(files), configs)
}

// keys writes the unique keys of a table in one line.
func keys(t *Table) string {
	var all []string
	for _, k := range t.Unique {
		text := strings.Join(append(append([]string(nil), k.Columns...), k.Expressions...), "+")
		if k.Primary {
			text = "pk:" + text
		}
		if k.Where != "" {
			text += " where " + k.Where
		}
		if len(k.Nullable) > 0 {
			text += " null:" + strings.Join(k.Nullable, "+")
		}
		if k.NullsNotDistinct {
			text += " nnd"
		}
		all = append(all, text)
	}
	sort.Strings(all)
	return strings.Join(all, ", ")
}

// columns writes the columns of a table in one line, in source order.
func columns(t *Table) string {
	var all []string
	for _, name := range t.Order {
		c := t.Columns[name]
		text := c.Name
		if c.Attribute != "" && c.Attribute != c.Name {
			text = c.Attribute + "=" + c.Name
		}
		if c.Nullable {
			text += "?"
		}
		if c.Filled {
			text += "!"
		}
		if c.Target != "" {
			text += ">" + c.Target
		}
		all = append(all, text)
	}
	return strings.Join(all, " ")
}

func relations(t *Table) string {
	var all []string
	for _, r := range t.Relationships {
		text := r.Attribute + ">" + r.Target
		if r.Class == nil {
			text += "(unknown)"
		}
		if r.Many {
			text += "*"
		}
		if len(r.ForeignKey) > 0 {
			text += ":" + strings.Join(r.ForeignKey, "+")
		}
		all = append(all, text)
	}
	sort.Strings(all)
	return strings.Join(all, " ")
}

// want compares what is said of each table: keys, columns (with "columns:") or relationships (with "relations:").
func want(t *testing.T, s *Schema, expected map[string]string) {
	t.Helper()
	for name, text := range expected {
		name, part, _ := strings.Cut(name, " ")
		table := s.Tables[name]
		if table == nil {
			if text != "none" {
				t.Errorf("table %s not found; there are %v", name, names(s))
			}
			continue
		}
		got := keys(table)
		switch part {
		case "columns":
			got = columns(table)
		case "relations":
			got = relations(table)
		}
		if got != text {
			t.Errorf("%s %s\n got %s\nwant %s", name, part, got, text)
		}
	}
}

func names(s *Schema) []string {
	var list []string
	for name := range s.Tables {
		list = append(list, name)
	}
	sort.Strings(list)
	return list
}

// Hostile Python must cost neither the stack nor much time.
func TestHostilePrograms(t *testing.T) {
	n := 200_000
	for name, body := range map[string]string{
		"long sum":         "x = a" + strings.Repeat("+f(1)", n),
		"long attribute":   "x = a" + strings.Repeat(".b", n),
		"long chain":       "x = a" + strings.Repeat(".b()", n),
		"long elif":        "if a:\n    pass\n" + strings.Repeat("elif b:\n    pass\n", n/10),
		"name circle":      "A = B\nB = A\nfrom sqlalchemy import create_engine\ncreate_engine(A)",
		"call circle":      "def f():\n    return g()\ndef g():\n    return f() or f() or f() or f()\nfrom sqlalchemy import create_engine\ncreate_engine(f())",
		"class circle":     "class A(B):\n    __tablename__ = x\nclass B(A):\n    x = Column()\n",
		"growing text":     "A = 'a' * 2\nB = A.replace('a', 'aaaaaaaaaa').replace('a', 'aaaaaaaaaa').replace('a', 'aaaaaaaaaa').replace('a', 'aaaaaaaaaa').replace('a', 'aaaaaaaaaa')\nfrom sqlalchemy import create_engine\ncreate_engine(B)",
		"many columns":     "from sqlalchemy import Column\nclass A:\n    __tablename__ = 'a'\n" + manyColumns(5_000),
		"recursive helper": "revision = 'a'\ndown_revision = None\nfrom alembic import op\ndef upgrade():\n    upgrade()\n    upgrade()\n    upgrade()\n",
		"self relation":    "from sqlalchemy import Column\nfrom sqlalchemy.orm import relationship\nclass A:\n    __tablename__ = 'a'\n    id = Column(primary_key=True)\n    __table_args__ = (*__table_args__,)\n    a = relationship('A')\n",
	} {
		start := time.Now()
		Read(program.Build([]*python.File{python.Parse("m.py", []byte(body+"\n"))}), nil)
		d := time.Since(start)
		if d > 20*time.Second {
			t.Errorf("%s: took %s", name, d)
		}
	}
}

func manyColumns(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "    c%d = Column(unique=True)\n", i)
	}
	return b.String()
}

func FuzzRead(f *testing.F) {
	for _, p := range section.Split(chain+keyed, -1) {
		f.Add(p)
	}
	f.Add("class A(Model):\n    a = fields.CharField(unique=True)\n    class Meta:\n        unique_together = (('a', 'b'),)\n")
	f.Add("class A(SQLModel, table=True):\n    a: Mapped[list['B']] = Field(sa_column=Column('x', unique=True))\n    __table_args__ = (Index('i', func.lower('a'), unique=True, postgresql_where=text('x')),)\n")
	f.Add("engine = create_engine(f'{A}://{B}' + str(C.d['e']).replace('a', 'b'))\nclass S(BaseSettings):\n    db: PostgresDsn = os.getenv('X', 'y')\n")
	f.Fuzz(func(t *testing.T, source string) {
		s := Read(program.Build([]*python.File{python.Parse("versions/m.py", []byte(source))}), nil)
		for _, table := range s.Tables {
			table.UniqueOn(table.Order)
		}
	})
}
