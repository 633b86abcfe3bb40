package scanner

import (
	"strings"
	"testing"
	"testing/fstest"

	"github.com/middlebrick/middlebrick/scanner/source"
)

// A row that is sent to the database after the answer is a success for what is lost, where the version of FastAPI is seen to answer first.
func TestAnsweredBefore(t *testing.T) {
	app := `
from fastapi import Depends, FastAPI, HTTPException
from sqlalchemy import create_engine, select
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column
engine = create_engine("postgresql+psycopg://boats@db/boats")
app = FastAPI()
class Base(DeclarativeBase): ...
class Boat(Base):
    __tablename__ = "boats"
    id: Mapped[int] = mapped_column(primary_key=True)
    sail: Mapped[str] = mapped_column(unique=True)
def session():
    with Session(engine) as s:
        yield s
        s.commit()
@app.post("/boats")
def register(sail: str, s: Session = Depends(session)):
    if s.scalars(select(Boat).where(Boat.sail == sail)).first():
        raise HTTPException(409)
    s.add(Boat(sail=sail))
`
	function := strings.Replace(app, "Depends(session)", `Depends(session, scope="function")`, 1)
	flushed := app + "    s.flush()\n"
	for _, c := range []struct{ name, app, requires, want string }{
		{"pinned", app, "fastapi==0.121.2", "MB104 medium"},
		{"at least", app, "fastapi>=0.118", "MB104 medium"},
		{"torn down before the answer", app, "fastapi==0.117.0", "MB104 low"},
		{"not seen", app, "fastapi", "MB104 low"},
		{"torn down with the function", function, "fastapi==0.121.2", "MB104 low"},
		{"sent before", flushed, "fastapi==0.121.2", "MB104 low"},
	} {
		t.Run(c.name, func(t *testing.T) {
			tree, err := source.FromFS(fstest.MapFS{"main.py": {Data: []byte(c.app)}, "requirements.txt": {Data: []byte(c.requires + "\n")}}, source.Options{})
			if err != nil {
				t.Fatal(err)
			}
			report, err := Scan(t.Context(), tree, Options{})
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, f := range report.Findings {
				got = append(got, f.Rule+" "+string(f.Severity))
			}
			if strings.Join(got, ", ") != c.want {
				t.Errorf("got %v, want %s", got, c.want)
			}
		})
	}
}
