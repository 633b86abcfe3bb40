package program

import (
	"sync"
	"testing"

	"github.com/middlebrick/middlebrick/scanner/python"
)

// A quoted annotation has one tree, whoever reads it first: what is remembered of an annotation is remembered by its tree.
func TestUnquoteOnce(t *testing.T) {
	f := python.Parse("main.py", []byte("'list[int]'\n"))
	k := f.Body[0].(*python.ExprStmt).Value.(*python.Constant)
	for range 200 {
		p := Build(nil)
		var read [4]python.Expr
		var wg sync.WaitGroup
		for i := range read {
			wg.Go(func() { read[i] = p.unquote(k) })
		}
		wg.Wait()
		for _, e := range read {
			if e == nil || e != read[0] {
				t.Fatal("one annotation has two trees")
			}
		}
	}
}
