package scanner

import (
	"strings"
	"testing"
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
