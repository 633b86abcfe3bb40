package scanner

import (
	"strings"
	"testing"

	"github.com/middlebrick/middlebrick/scanner/finding"
)

// TestLateLockStory wants the rival between the load and the lock that comes too late: nobody can come in behind it.
func TestLateLockStory(t *testing.T) {
	report := scanWeighed(t, `
@app.post("/lamps/{id}/light")
def light(id: int, s: Session = Depends(db)):
    lamp = s.get(Lamp, id)
    if lamp is None:
        raise HTTPException(404)
    lamp = s.scalars(select(Lamp).where(Lamp.id == id).with_for_update()).one()
    if lamp.status != "dark":
        raise HTTPException(409)
    lamp.status = "lit"
    s.add(Payment(lamp_id=id))
    s.commit()
`)
	for _, f := range report.Findings {
		if f.Rule != "MB109" {
			continue
		}
		var told []string
		for _, s := range f.Steps {
			told = append(told, s.Actor+" "+string(s.Role)+": "+s.Text)
		}
		want := []string{
			"A read: lamp = s.get(Lamp, id)",
			"B read: lamp = s.scalars(select(Lamp).where(Lamp.id == id).with_for_update()).one()",
			"B act: lamp.status = \"lit\"",
			"A lock: lamp = s.scalars(select(Lamp).where(Lamp.id == id).with_for_update()).one()",
		}
		if len(told) < len(want) || strings.Join(told[:len(want)], "\n") != strings.Join(want, "\n") {
			t.Errorf("got\n%s", strings.Join(told, "\n"))
		}
		return
	}
	t.Error("the late lock is not found")
}

// TestLockForElse wants no lock in the story that is there for something else, where the rows of the contested set are fetched once more only
// to be changed.
func TestLockForElse(t *testing.T) {
	report := scanWeighed(t, `
@app.post("/lamps/{id}/asked")
def ask(id: int, at: datetime, s: Session = Depends(db)):
    asked = {row.at for row in s.scalars(select(Asked).where(Asked.lamp_id == id)).all()}
    s.execute(select(func.pg_advisory_xact_lock(func.hashtext("payments"), id)))
    if s.scalar(select(Payment).where(Payment.lamp_id == id)) is None:
        raise HTTPException(422)
    if at in asked:
        raise HTTPException(409)
    for old in s.scalars(select(Asked).where(Asked.lamp_id == id)).all():
        old.at = at
    s.add(Asked(lamp_id=id, at=at))
    s.commit()
`)
	for _, f := range report.Findings {
		if f.Endpoint != "/lamps/{id}/asked" || f.Rule == "MB118" {
			continue
		}
		for _, s := range f.Steps {
			if s.Role == finding.Lock {
				t.Errorf("%s tells of the lock %q", f.Rule, s.Text)
			}
		}
		if f.Guard == nil || f.Guard.Seen != "" {
			t.Errorf("%s: guard %+v", f.Rule, f.Guard)
		}
		return
	}
	t.Error("the insert is not found")
}

// TestLockForOtherColumns wants no lock in the story under which only other columns are read anew.
func TestLockForOtherColumns(t *testing.T) {
	report := scanWeighed(t, `
@app.post("/lamps/{id}/lend")
def lend(id: int, s: Session = Depends(db)):
    lamp = s.get(Lamp, id)
    was = lamp.status
    s.refresh(lamp, attribute_names=["owner"], with_for_update=True)
    if lamp.owner is None:
        raise HTTPException(404)
    if was != "dark":
        raise HTTPException(409)
    lamp.status = "lent"
    s.add(Payment(lamp_id=id))
    s.commit()
`)
	found := false
	for _, f := range report.Findings {
		for _, s := range f.Steps {
			found = found || s.Role == finding.Check && strings.Contains(s.Text, "was")
			if s.Role == finding.Lock {
				t.Errorf("%s tells of the lock %q", f.Rule, s.Text)
			}
		}
	}
	if !found {
		t.Error("the decision on the old state is not found")
	}
}

// TestReadAndWrittenElsewhere wants the calls in the function that has one function read and another one write.
func TestReadAndWrittenElsewhere(t *testing.T) {
	report := scanWeighed(t, `
import redis

r = redis.Redis()

def load(name):
    return r.get("steps:" + name)

def save(name, steps):
    r.set("steps:" + name, steps)

@app.post("/walks/{name}")
def walk(name: str, stride: str):
    steps = load(name)
    save(name, steps + stride)
`)
	for _, f := range report.Findings {
		if f.Rule != "MB801" {
			continue
		}
		var told []string
		for _, s := range f.Steps {
			if s.Actor == "A" {
				told = append(told, string(s.Role)+": "+s.Text)
			}
		}
		want := "read: steps = load(name)\nread: return r.get(\"steps:\" + name)\nact: save(name, steps + stride)\nact: r.set(\"steps:\" + name, steps)"
		if got := strings.Join(told, "\n"); got != want {
			t.Errorf("got\n%s", got)
		}
		return
	}
	t.Error("the lost update is not found")
}

// TestNearestRival wants the rival that does harm: who stores a new value outright, where a request that is sent twice may store the same
// twice, and of the keys that a request writes the one that it looked at.
func TestNearestRival(t *testing.T) {
	for _, c := range []struct{ name, source, rule, want string }{
		{"outright", `
@app.post("/lamps/{id}/enter")
def enter(id: int, word: str, s: Session = Depends(db)):
    lamp = s.get(Lamp, id)
    if lamp is None:
        raise HTTPException(404)
    good, owner = renewer.verify_and_update(word, lamp.owner)
    if not good:
        raise HTTPException(401)
    if owner is not None:
        lamp.owner = owner
        s.commit()
`, "MB101", "PUT /lamps/{id}: lamp.owner = owner"},
		{"own key", `
import redis
keys = redis.Redis()

@app.post("/lamps/{id}/touch")
def touch(id: int):
    keys.delete(f"greeting:{id}")
    count = keys.get(f"touched:{id}")
    keys.set(f"touched:{id}", int(count or 0) + 1)
`, "MB801", `POST /lamps/{id}/touch: keys.set(f"touched:{id}", int(count or 0) + 1)`},
	} {
		t.Run(c.name, func(t *testing.T) {
			for _, f := range scanWeighed(t, c.source).Findings {
				if f.Rule != c.rule {
					continue
				}
				for _, s := range f.Steps {
					if got := f.Rival.Method + " " + f.Rival.Endpoint + ": " + s.Text; s.Actor == "B" && s.Role == "act" && got != c.want {
						t.Errorf("the rival is %q, want %q", got, c.want)
					}
				}
				return
			}
			t.Errorf("no %s", c.rule)
		})
	}
}

// TestWrittenAndReadBack wants nothing of the callers where a file is written and read back, each in a function of its own: what a name is made of
// is repaired there.
func TestWrittenAndReadBack(t *testing.T) {
	report := scanWeighed(t, `
from pathlib import Path

def save(name, text):
    with open(Path("/var/tmp_files") / f"{name}.txt", "w") as f:
        f.write(text)

def load(name):
    with open(Path("/var/tmp_files") / f"{name}.txt", "r") as f:
        return f.read()

@app.post("/walks/{name}")
def walk(name: str, text: str):
    save(name, text)
    return load(name)
`)
	found := false
	for _, f := range report.Findings {
		if f.Rule != "MB202" {
			continue
		}
		found = true
		for _, s := range f.Steps {
			if !strings.Contains(s.Text, "open(") {
				t.Errorf("%s %s: %s", s.Actor, s.Role, s.Text)
			}
		}
	}
	if !found {
		t.Error("the shared name is not found")
	}
}

// TestWhatOneRequestDoes wants in a story what one request does: of the states that the arms of a decision give only one, and no token that is
// fetched, which can be fetched again.
func TestWhatOneRequestDoes(t *testing.T) {
	report := scanWeighed(t, `
import httpx

@app.post("/lamps/{id}/dim")
async def dim(id: int, by: int, s: Session = Depends(db)):
    lamp = s.get(Lamp, id)
    if lamp.status == "dark":
        raise HTTPException(409)
    async with httpx.AsyncClient() as client:
        token = await client.post("https://maker.example/oauth2/token", data={"grant_type": "client_credentials"})
        await client.post("https://maker.example/refunds", headers=token.json())
    if by > 9:
        lamp.status = "dark"
    elif by > 5:
        lamp.status = "dim"
    else:
        lamp.status = "lit"
    s.commit()
`)
	found := false
	for _, f := range report.Findings {
		if f.Endpoint != "/lamps/{id}/dim" {
			continue
		}
		var acts []string
		for _, s := range f.Steps {
			if s.Actor == "A" && s.Role == finding.Act {
				acts = append(acts, s.Text)
			}
		}
		found = found || len(acts) == 2
		if len(acts) > 2 || strings.Contains(strings.Join(acts, " "), "oauth2") {
			t.Errorf("%s tells of %q", f.Rule, acts)
		}
	}
	if !found {
		t.Error("the refund before the state is not found")
	}
}
