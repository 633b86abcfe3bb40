package scanner

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/middlebrick/middlebrick/scanner/fastapi"
	"github.com/middlebrick/middlebrick/scanner/finding"
	"github.com/middlebrick/middlebrick/scanner/flow"
	"github.com/middlebrick/middlebrick/scanner/program"
	"github.com/middlebrick/middlebrick/scanner/python"
	"github.com/middlebrick/middlebrick/scanner/race"
	"github.com/middlebrick/middlebrick/scanner/schema"
	"github.com/middlebrick/middlebrick/scanner/source"
)

// The stages one by one, each on what those before it made of one project of 20,000 lines. MB/s are of source text.

func BenchmarkStage(b *testing.B) {
	ctx := context.Background()
	g := ordinary(20_000)
	tree := g.tree(b)
	bytes, _ := g.size()
	files, configs, err := read(ctx, tree, finding.NewReport(".", ""), Options{})
	if err != nil {
		b.Fatal(err)
	}
	a, err := analyse(ctx, files, configs, nil, Options{})
	if err != nil || len(a.races) == 0 {
		b.Fatal(err, len(a.races), "races")
	}
	shared := flow.NewShared(a.program, a.schema, a.app)
	one := func(n int, do func(int)) {
		for i := range n {
			do(i)
		}
	}
	stage := func(name string, run func()) {
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(bytes))
			b.ReportAllocs()
			for b.Loop() {
				run()
			}
		})
	}
	stage("source", func() {
		t, err := source.FromFS(tree, source.Options{})
		if err != nil || len(t.Files) != len(tree.Files) {
			b.Fatal(err, len(t.Files), "files")
		}
		for i := range t.Files {
			if _, err := t.Read(i); err != nil {
				b.Fatal(err)
			}
		}
	})
	stage("python", func() {
		for _, f := range files {
			python.Parse(f.Path, f.Source)
		}
	})
	stage("program", func() { program.Build(files) })
	stage("fastapi", func() { fastapi.Read(a.program) })
	stage("schema", func() { schema.Read(a.program, configs) })
	stage("flow", func() {
		for _, e := range a.app.Entries {
			flow.TraceEntry(shared, e, 0)
		}
	})
	stage("race", func() { race.Find(a.traces, a.setting, one) })
	stage("rules", func() { a.report(finding.NewReport(".", ""), func(string) bool { return true }) })
}

// BenchmarkScan is the whole scan of projects that grow tenfold; the time for a line should not.
func BenchmarkScan(b *testing.B) {
	for _, lines := range []int{10_000, 100_000, 1_000_000} {
		b.Run(fmt.Sprint(lines), func(b *testing.B) {
			if testing.Short() && lines > 10_000 {
				b.Skip("a long one")
			}
			g := ordinary(lines)
			tree := g.tree(b)
			bytes, have := g.size()
			b.SetBytes(int64(bytes))
			b.ReportAllocs()
			for b.Loop() {
				r, err := Scan(context.Background(), tree, Options{})
				if err != nil || len(r.Findings) == 0 {
					b.Fatal(err, "or no finding")
				}
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(have), "ns/line")
		})
	}
}

// BenchmarkEdit is what an editor's server does when a file of a project of 500,000 lines was saved: another body of an endpoint, a
// new function beside a service, a comment above a model.
func BenchmarkEdit(b *testing.B) {
	if testing.Short() {
		b.Skip("a long one")
	}
	g := ordinary(500_000)
	tree := g.tree(b)
	for _, edit := range []struct{ what, path, old, new string }{
		{"body", "app/routes/item_7.py", ")):\n", ")):\n    added = 3\n"},
		{"function", "app/services/item_7.py", "", "\n\ndef added_here():\n    return 3\n"},
		{"comment", "app/models/item_7.py", "", "# a word\n"},
	} {
		b.Run(edit.what, func(b *testing.B) {
			before := g[edit.path]
			after := before + edit.new
			if edit.old != "" {
				after = strings.Replace(before, edit.old, edit.new, 1)
			}
			memory := new(Memory)
			save := func(text string) {
				if _, err := Scan(context.Background(), tree.With(map[string][]byte{edit.path: []byte(text)}), Options{Memory: memory}); err != nil {
					b.Fatal(err)
				}
			}
			save(before)
			b.ReportAllocs()
			for i := 0; b.Loop(); i++ {
				save([]string{after, before}[i%2])
			}
		})
	}
}

// BenchmarkShape is for shapes that cost more than their size tells: what they allocate is no measure of how often something is looked at.
func BenchmarkShape(b *testing.B) {
	for _, n := range []int{100, 1000} {
		b.Run(fmt.Sprintf("%d routes that fill one place", n), func(b *testing.B) {
			g := manyFillers(n)
			tree := g.tree(b)
			bytes, _ := g.size()
			b.SetBytes(int64(bytes))
			b.ReportAllocs()
			for b.Loop() {
				if _, err := Scan(context.Background(), tree, Options{}); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
