package fastapi

import (
	"fmt"
	"strings"
	"testing"

	"github.com/middlebrick/middlebrick/scanner/program"
	"github.com/middlebrick/middlebrick/scanner/python"
)

func BenchmarkRead(b *testing.B) {
	var files []*python.File
	size := 0
	add := func(path, text string) {
		size += len(text)
		files = append(files, python.Parse(path, []byte(text)))
	}
	all := "from fastapi import APIRouter\nrouter = APIRouter()\n"
	for i := range 300 {
		all += fmt.Sprintf("from app import routes%d\nrouter.include_router(routes%d.router, prefix='/r%d')\n", i, i, i)
		add(fmt.Sprintf("app/routes%d.py", i), "from fastapi import APIRouter, Depends\nrouter = APIRouter(dependencies=[Depends(lambda: 1)])\n"+
			strings.Repeat("\n@router.post('/x/{id}', status_code=201)\nasync def handler(id: int, db=Depends(get_db)):\n    found = await service(db).run(id)\n    return [x for x in found if x.ok]\n", 20))
	}
	add("app/main.py", "from fastapi import FastAPI\nfrom app.all import router\ndef create_app():\n    app = FastAPI()\n    app.include_router(router)\n    return app\napp = create_app()\n")
	add("app/all.py", all)
	p := program.Build(files)
	b.SetBytes(int64(size))
	b.ReportAllocs()
	for b.Loop() {
		if n := len(Read(p).Entries); n != 6000 {
			b.Fatal(n, "entries")
		}
	}
}
