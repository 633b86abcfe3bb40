package program

import (
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/middlebrick/middlebrick/scanner/python"
)

// tree writes a project of n domains in the usual layers: model, repository, service, routes, and the packages that re-export them.
func tree(n int) ([]*python.File, int64) {
	var files []*python.File
	size := int64(0)
	add := func(path, text string) {
		size += int64(len(text))
		files = append(files, python.Parse(path, []byte(text)))
	}
	all := ""
	for i := range n {
		name := fmt.Sprintf("domain%d", i)
		all += fmt.Sprintf("from .%s import *\nfrom .%s.routes import router as router%d\n", name, name, i)
		add("backend/app/"+name+"/__init__.py", "from .model import *\nfrom .service import Service as Service\n")
		add("backend/app/"+name+"/model.py", fmt.Sprintf("from app.core.base import Base, Mapped, mapped_column\n\nclass Thing%d(Base):\n%s", i,
			strings.Repeat("    field: Mapped[int | None] = mapped_column(primary_key=True, nullable=False)\n", 30)))
		add("backend/app/"+name+"/service.py", fmt.Sprintf("from typing import Annotated\nfrom app.core.base import CRUD, DB\nfrom app.%s.model import Thing%d\n\nclass Repo(CRUD[Thing%d]):\n%s\nclass Service:\n%s", name, i, i,
			method(6), method(20)))
		add("backend/app/"+name+"/routes.py", "from fastapi import APIRouter\nfrom app.core.base import DB\nfrom . import Service\n\nrouter = APIRouter()\n"+
			strings.Repeat("\n@router.post('/x/{id}')\nasync def handler(id: int, db: DB):\n    found = await Service(db).run(id)\n    return [x for x in found if x.ok]\n", 12))
	}
	add("backend/app/__init__.py", all)
	add("backend/app/core/base.py", "from typing import Annotated, Generic, TypeVar\nfrom sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, Session\nfrom fastapi import Depends\n"+
		"T = TypeVar('T')\nclass Base(DeclarativeBase): ...\nclass CRUD(Generic[T]):\n    def __init__(self, db): self.db = db\ndef get_db(): ...\nDB = Annotated[Session, Depends(get_db)]\n")
	return files, size
}

func method(n int) string {
	return strings.Repeat("    def run(self, key: int, *, lock: bool = False) -> list[int] | None:\n        row = self.db.get(key)\n        if row is None or (value := row.value) > 3:\n            raise ValueError(f'{key} is {row}')\n        return [value for _ in range(key)]\n\n", n)
}

func BenchmarkBuild(b *testing.B) {
	files, size := tree(300)
	b.SetBytes(size)
	b.ReportAllocs()
	for b.Loop() {
		Build(files)
	}
}

// Every annotation of every function, asked from several goroutines at once, as the floors above do.
func BenchmarkAnnotations(b *testing.B) {
	files, size := tree(300)
	p := Build(files)
	b.SetBytes(size)
	b.ReportAllocs()
	for b.Loop() {
		ask(p)
	}
}

func ask(p *Program) {
	var wg sync.WaitGroup
	for w := range 4 {
		wg.Go(func() {
			for i := w; i < len(p.Functions); i += 4 {
				f := p.Functions[i]
				for _, q := range f.Params {
					p.Annotation(f.Header(), q.Annotation)
				}
			}
		})
	}
	wg.Wait()
}

// A real layout, asked by many goroutines at once: the answers are the same as asked one by one.
func TestManyAskAtOnce(t *testing.T) {
	files, _ := tree(20)
	p := Build(files)
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() { ask(p) })
	}
	wg.Wait()
	for i := range 20 {
		root := p.Module(p.Modules[0], "app")
		if r := p.Lookup(Scope{Module: root}, fmt.Sprintf("Thing%d", i)); r.Qual != fmt.Sprintf("app.domain%d.model.Thing%d", i, i) {
			t.Fatalf("Thing%d is %s", i, describe(r))
		}
		repo := p.Lookup(Scope{Module: p.Module(root, fmt.Sprintf("app.domain%d.service", i))}, "Repo").Class
		e, s, ok := repo.TypeArg(repo.MRO()[1], "T")
		if !ok || describe(p.Resolve(s, e)) != fmt.Sprintf("class app.domain%d.model.Thing%d", i, i) {
			t.Fatalf("the model of %s is not known", repo.Qualname)
		}
	}
}
