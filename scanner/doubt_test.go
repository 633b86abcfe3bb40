package scanner

import (
	"strings"
	"testing"
)

// TestDoubt states what makes a finding less sure, and that it says so.
func TestDoubt(t *testing.T) {
	for _, c := range []struct{ name, confidence, assumes, src string }{
		{"all was seen", "high", "", `
@app.post("/lamps/{id}/sell")
def sell(id: int, s: Session = Depends(db)):
    lamp = s.get(Lamp, id)
    if lamp.status != "new":
        raise HTTPException(409)
    lamp.status = "sold"
    s.add(Payment(lamp_id=id))
    s.commit()
`},
		{"the rival is called by nobody", "medium", "no entry point that calls what the rival does was found", `
def light(id: int, s: Session):
    lamp = s.get(Lamp, id)
    if lamp is not None:
        lamp.lit_at = datetime.now()
        s.commit()
@app.delete("/lamps/{id}")
def remove(id: int, s: Session = Depends(db)):
    lamp = s.get(Lamp, id)
    if lamp.lit_at is not None:
        raise HTTPException(409)
    s.delete(lamp)
    s.commit()
`},
		{"it is only asserted", "medium", "it is only asserted, and not decided, what is contested", `
@app.post("/lamps/{id}/sell")
def sell(id: int, s: Session = Depends(db)):
    lamp = s.get(Lamp, id)
    assert lamp.status == "new"
    lamp.status = "sold"
    s.add(Payment(lamp_id=id))
    s.commit()
`},
		{"an answer may be everybody's", "medium", "what is kept is an answer of somebody outside, and may be about everybody", `
import httpx
post = httpx.AsyncClient(base_url="https://post.example")
class Seen:
    last = None
seen = Seen()
@app.get("/letters/{number}")
async def letter(number: str):
    answer = await post.get(f"/letters/{number}")
    seen.last = answer.json()
    await post.get("/opened")
    return seen.last
`},
	} {
		t.Run(c.name, func(t *testing.T) {
			report := scanWeighed(t, c.src)
			if len(report.Findings) == 0 {
				t.Fatal("nothing is found")
			}
			f := report.Findings[0]
			if string(f.Confidence) != c.confidence || strings.Join(f.Assumptions, "; ") != c.assumes {
				t.Errorf("%s is %s because of %q, want %s because of %q", f.Rule, f.Confidence, f.Assumptions, c.confidence, c.assumes)
			}
		})
	}
}
