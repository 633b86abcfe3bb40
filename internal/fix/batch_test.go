package fix

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/middlebrick/middlebrick/scanner"
	"github.com/middlebrick/middlebrick/scanner/finding"
	"github.com/middlebrick/middlebrick/scanner/source"
)

// street is an application with a race in each of several files.
func street(houses int) fstest.MapFS {
	files := fstest.MapFS{"base.py": {Data: []byte(`from sqlalchemy import create_engine
from sqlalchemy.orm import DeclarativeBase, sessionmaker
factory = sessionmaker(create_engine("postgresql://localhost/street"))
class Base(DeclarativeBase):
    pass
`)}}
	main := "from fastapi import FastAPI\n"
	for i := range houses {
		main += fmt.Sprintf("import house%d\n", i)
		files[fmt.Sprintf("house%d.py", i)] = &fstest.MapFile{Data: fmt.Appendf(nil, `from base import Base, factory
from fastapi import APIRouter, HTTPException
from sqlalchemy.orm import Mapped, mapped_column
router = APIRouter()
class House%[1]d(Base):
    __tablename__ = "houses%[1]d"
    id: Mapped[int] = mapped_column(primary_key=True)
    state: Mapped[str]
@router.post("/houses%[1]d/{house_id}/sell")
def sell(house_id: int):
    with factory() as db:
        house = db.get(House%[1]d, house_id)
        if house.state != "free":
            raise HTTPException(409)
        house.state = "sold"
        db.commit()
`, i)}
	}
	main += "app = FastAPI()\n"
	for i := range houses {
		main += fmt.Sprintf("app.include_router(house%d.router)\n", i)
	}
	files["main.py"] = &fstest.MapFile{Data: []byte(main)}
	return files
}

// Repairs that have nothing to do with each other are judged by one scan; one that does not hold is told from those that do.
func TestBatch(t *testing.T) {
	const houses = 6
	for _, c := range []struct {
		name   string
		spoil  func(f *finding.Finding)
		spoilt []int
		rounds int
	}{
		{"all hold", func(*finding.Finding) {}, nil, 1},
		{"one does not end its race", func(f *finding.Finding) {
			f.Repairs = []finding.Fix{{Title: "do nothing", Safe: true, Edits: []finding.Edit{{Path: "base.py", StartLine: 1, EndLine: 0, Text: "# nothing\n"}}}}
		}, []int{2}, 2},
		{"one is no Python", func(f *finding.Finding) {
			f.Repairs = []finding.Fix{{Title: "break it", Safe: true, Edits: []finding.Edit{{Path: "base.py", StartLine: 1, EndLine: 0, Text: "def nothing\n"}}}}
		}, []int{2}, 2},
		{"some bring another race", func(f *finding.Finding) {
			f.Repairs = f.Repairs[:1]
			f.Repairs[0].Edits = append(f.Repairs[0].Edits, finding.Edit{Path: f.Location.Path, StartLine: 17, EndLine: 16, Text: `nothing = set()
@router.post("/nothing")
async def put(name: str):
    if name not in nothing:
        await call()
        nothing.add(name)
`})
		}, []int{1, 2, 4}, 2},
	} {
		t.Run(c.name, func(t *testing.T) {
			tree, report := scanned(t, street(houses))
			if len(report.Findings) != houses {
				t.Fatalf("%d findings", len(report.Findings))
			}
			for _, i := range c.spoilt {
				c.spoil(&report.Findings[i])
			}
			rounds := 0
			plan, err := Make(t.Context(), tree, report, Options{Progress: func(int, int) { rounds++ }})
			if err != nil {
				t.Fatal(err)
			}
			// What is proposed anew after a round is not spoilt.
			if len(plan.Repaired) != houses || rounds != c.rounds {
				t.Fatalf("%d repaired in %d rounds, want %d in %d", len(plan.Repaired), rounds, houses, c.rounds)
			}
			for i, r := range plan.Repaired[1:] {
				if r.Finding.Location.Path < plan.Repaired[i].Finding.Location.Path {
					t.Error("the order is not that of the report")
				}
			}
			if strings.Contains(string(plan.Diff()), "nothing") {
				t.Error("a change that does not hold is part of the plan")
			}
		})
	}
}

// Verified repairs are each for the tree as it is, in whatever order they were judged.
func TestVerifyBatch(t *testing.T) {
	const houses = 40 // more than one batch
	files := street(houses)
	// Two races in one file are judged one after the other, and the lines of the second are those of the file.
	files["house0.py"].Data = append(files["house0.py"].Data, []byte(`@router.post("/houses0/{house_id}/rent")
def rent(house_id: int):
    with factory() as db:
        house = db.get(House0, house_id)
        if house.state != "free":
            raise HTTPException(409)
        house.state = "rented"
        db.commit()
`)...)
	tree, report := scanned(t, files)
	rounds := 0
	if err := Verify(t.Context(), tree, report, len(report.Findings), Options{Progress: func(int, int) { rounds++ }}); err != nil {
		t.Fatal(err)
	}
	alone := 0
	for i := range report.Findings {
		f := &report.Findings[i]
		if f.Fix == nil || !f.Fix.Safe {
			continue
		}
		alone++
		changed := fstest.MapFS{}
		for path, file := range files {
			data, err := Apply(file.Data, path, f.Fix.Edits)
			if err != nil {
				t.Fatal(err)
			}
			changed[path] = &fstest.MapFile{Data: data}
		}
		after, err := source.FromFS(changed, source.Options{})
		if err != nil {
			t.Fatal(err)
		}
		again, err := scanner.Scan(t.Context(), after, scanner.Options{})
		after.Close()
		if err != nil {
			t.Fatal(err)
		}
		if len(again.Findings) >= len(report.Findings) {
			t.Errorf("%s:%d: the repair by itself ends nothing", f.Location.Path, f.Location.Line)
		}
	}
	if alone < houses || rounds > 4 {
		t.Errorf("%d verified in %d rounds, want at least %d in at most 4", alone, rounds, houses)
	}
}

// A change that ends its race and makes another one of the same row worse is not kept.
func TestGraver(t *testing.T) {
	_, report := scanned(t, street(1))
	m := &maker{now: report}
	graver := *report
	graver.Findings = slices.Clone(report.Findings)
	graver.Findings[0].Severity = finding.Critical
	if come := m.come(&graver, counts(report), counts(&graver)); len(come) != 1 {
		t.Errorf("%d findings have come", len(come))
	}
	if come := m.come(report, counts(report), counts(report)); len(come) != 0 {
		t.Errorf("%d findings have come where nothing has changed", len(come))
	}
}
