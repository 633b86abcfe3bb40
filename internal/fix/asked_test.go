package fix

import (
	"slices"
	"strings"
	"testing"
	"testing/fstest"
)

// lockers is an application of routes, services and repositories, in which many requests load a locker by the same method.
const lockers = `from fastapi import Depends, FastAPI, HTTPException
from sqlalchemy import create_engine, select
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, sessionmaker

factory = sessionmaker(create_engine("postgresql+psycopg://localhost/lockers"))
app = FastAPI()


class Base(DeclarativeBase): ...


class Locker(Base):
    __tablename__ = "lockers"
    id: Mapped[int] = mapped_column(primary_key=True)
    state: Mapped[str]
    places: Mapped[int]


def get_db():
    with factory() as db:
        yield db


class Lockers:
    def __init__(self, db: Session):
        self.db = db

    def by_id(
        self,
        locker_id: int,
    ) -> Locker | None:
        return self.db.scalars(
            select(Locker)
            .where(Locker.id == locker_id)
        ).first()

    def save(self, locker: Locker) -> None:
        self.db.add(locker)
        self.db.commit()


class Service:
    def __init__(self, db: Session):
        self.lockers = Lockers(db)

    def get(self, locker_id: int):
        locker = self.lockers.by_id(locker_id)
        if locker is None:
            raise HTTPException(404)
        return locker

    def rent(self, locker_id: int):
        locker = self.get(locker_id)
        if locker.state != "free":
            raise HTTPException(409)
        locker.state = "rented"
        self.lockers.save(locker)

    def fill(self, locker_id: int):
        locker = self.get(locker_id)
        if locker.places < 1:
            raise HTTPException(409)
        locker.places -= 1
        self.lockers.save(locker)


@app.get("/lockers/{locker_id}")
def show(locker_id: int, db: Session = Depends(get_db)):
    return Service(db).get(locker_id)


@app.post("/lockers/{locker_id}/rent")
def rent(locker_id: int, db: Session = Depends(get_db)):
    Service(db).rent(locker_id)


@app.post("/lockers/{locker_id}/fill")
def fill(locker_id: int, db: Session = Depends(get_db)):
    Service(db).fill(locker_id)
`

// asked is the plan for the application with some of its text replaced.
func asked(t *testing.T, replaced ...string) *Plan {
	t.Helper()
	text := strings.NewReplacer(replaced...).Replace(lockers)
	tree, report := scanned(t, fstest.MapFS{"main.py": {Data: []byte(text)}})
	if len(report.Findings) != 2 {
		t.Fatalf("%d findings", len(report.Findings))
	}
	plan, err := Make(t.Context(), tree, report, Options{})
	if err != nil {
		t.Fatal(err)
	}
	compiles(t, plan.New)
	return plan
}

// The requests that act ask for the lock, those that look do not wait for it, and what lies between hands the wish down once.
func TestLockIsAskedFor(t *testing.T) {
	plan := asked(t)
	diff := string(plan.Diff())
	for want, times := range map[string]int{
		"         locker_id: int,\n+        for_update: bool = False,\n     ) -> Locker | None:\n": 1,
		"+        query = (\n             select(Locker)\n             .where(Locker.id == locker_id)\n-        ).first()\n+        )\n+        if for_update:\n+            query = query.with_for_update()\n+        return self.db.scalars(query).first()\n": 1,
		"+    def get(self, locker_id: int, for_update: bool = False):\n":          1,
		"+        locker = self.lockers.by_id(locker_id, for_update=for_update)\n": 1,
		"+        locker = self.get(locker_id, for_update=True)\n":                 2,
	} {
		if strings.Count(diff, want) != times {
			t.Errorf("the diff does not say %q %d times:\n%s", want, times, diff)
		}
	}
	if len(plan.Repaired) != 2 || slices.ContainsFunc(plan.Repaired, func(r Repaired) bool { return !r.Fix.Safe }) {
		t.Errorf("repaired %+v; open: %+v", plan.Repaired, plan.Open)
	}
}

// How a query is written decides where the lock goes; a parameter that is there already is used.
func TestLockIsAskedForAsTheProjectDoes(t *testing.T) {
	written := "        return self.db.scalars(\n            select(Locker)\n            .where(Locker.id == locker_id)\n        ).first()\n"
	for _, c := range []struct {
		name     string
		replaced []string
		want     string
	}{
		{"session.get", []string{written, "        return self.db.get(Locker, locker_id)\n"}, "+        return self.db.get(Locker, locker_id, with_for_update=for_update)\n"},
		{"a query with a name", []string{written, "        wanted = select(Locker).where(Locker.id == locker_id)\n        return self.db.scalars(wanted).first()\n"}, "+        if for_update:\n+            wanted = wanted.with_for_update()\n"},
		{"a query that is declared", []string{written, "        wanted: Select = select(Locker).where(Locker.id == locker_id)\n        return self.db.scalars(wanted).first()\n"}, "+        if for_update:\n+            wanted = wanted.with_for_update()\n"},
		{"the query of the 1.x style", []string{written, "        return self.db.query(Locker).filter(Locker.id == locker_id).first()\n"}, "+        query = self.db.query(Locker).filter(Locker.id == locker_id)\n+        if for_update:\n+            query = query.with_for_update()\n+        return query.first()\n"},
		{"a parameter that asks for something else", []string{written, "        return self.db.get(Locker, locker_id)\n", "locker_id: int,\n    )", "locker_id: int,\n        blocked: bool = False,\n    )"}, "+        locker = self.lockers.by_id(locker_id, for_update=for_update)\n"},
		{"a parameter of the project", []string{written, "        return self.db.get(Locker, locker_id, with_for_update=lock)\n", "locker_id: int,\n    )", "locker_id: int,\n        lock: bool = False,\n    )"}, "+        locker = self.lockers.by_id(locker_id, lock=for_update)\n"},
	} {
		t.Run(c.name, func(t *testing.T) {
			plan := asked(t, c.replaced...)
			if diff := string(plan.Diff()); !strings.Contains(diff, c.want) || len(plan.Repaired) != 2 {
				t.Errorf("the diff does not say %q:\n%s\nopen: %+v", c.want, diff, plan.Open)
			}
		})
	}
}

// declaredLoads is an interface of the repository.
const declaredLoads = "class Loads(ABC):\n    @abstractmethod\n    def by_id(self, locker_id: int) -> Locker | None:\n        pass\n\n\nclass Lockers(Loads):\n"

// A method that an interface declares gets the parameter with its declaration.
func TestLockIsAskedForByTheInterface(t *testing.T) {
	plan := asked(t, "from fastapi", "from abc import ABC, abstractmethod\n\nfrom fastapi", "class Lockers:\n", declaredLoads)
	diff := string(plan.Diff())
	if len(plan.Repaired) != 2 || strings.Count(diff, "+    def by_id(self, locker_id: int, for_update: bool = False) -> Locker | None:\n") != 1 || strings.Count(diff, "+        for_update: bool = False,\n") != 1 {
		t.Errorf("interface and repository differ:\n%s\nopen: %+v", diff, plan.Open)
	}
}

// A method that takes the place of one which does something, or of which there is a second one, cannot be given a parameter by itself.
func TestLockIsNotAskedForWhereOthersStandIn(t *testing.T) {
	for name, replaced := range map[string][]string{
		"a query set once":    {"        return self.db.scalars(\n            select(Locker)\n            .where(Locker.id == locker_id)\n        ).first()\n", "        wanted: Final = select(Locker).where(Locker.id == locker_id)\n        return self.db.scalars(wanted).first()\n"},
		"of one that loads":   {"class Lockers:\n", "class Loads:\n    def by_id(self, locker_id: int) -> Locker | None:\n        return self.db.get(Locker, locker_id)\n\n\nclass Lockers(Loads):\n"},
		"a second one":        {"from fastapi", "from abc import ABC, abstractmethod\n\nfrom fastapi", "class Lockers:\n", declaredLoads, "class Service:\n", "class Remembered(Loads):\n    def by_id(self, locker_id: int) -> Locker | None:\n        return None\n\n\nclass Service:\n"},
		"one that extends it": {"class Service:\n", "class Remembered(Lockers):\n    def by_id(self, locker_id: int) -> Locker | None:\n        return None\n\n\nclass Service:\n"},
	} {
		t.Run(name, func(t *testing.T) {
			if diff := string(asked(t, replaced...).Diff()); strings.Contains(diff, "for_update: bool") {
				t.Errorf("only one of two methods got the parameter:\n%s", diff)
			}
		})
	}
}
