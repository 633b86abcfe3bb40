package scanner

import "testing"

const appeals = `
from fastapi import Request
import hashlib, httpx, stripe
class Appeal(Base):
    __tablename__ = "appeals"
    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[int]
    decision: Mapped[str | None]
    mail: Mapped[str]
    places: Mapped[int]
class Note(Base):
    __tablename__ = "notes"
    id: Mapped[int] = mapped_column(primary_key=True)
    appeal_id: Mapped[int] = mapped_column(ForeignKey("appeals.id"))
    kind: Mapped[str]

`

const granted = appeals + `
@app.post("/appeals/{id}/grant")
def grant(id: int, s: Session = Depends(db)):
    s.scalars(select(Lamp).where(Lamp.id == id).with_for_update()).one()
    appeal = s.get(Appeal, id)
    if appeal.decision == "granted":
        raise HTTPException(409)
    appeal.decision = "granted"
    s.commit()
`

const shown = appeals + `
@app.api_route("/appeals/{id}/reopen", methods=["GET", "POST"])
def reopen(request: Request, id: int, s: Session = Depends(db)):
    if request.method == "POST":
        appeal = s.scalars(select(Appeal).where(Appeal.id == id)`

const reopened = `).one()
    else:
        appeal = s.scalars(select(Appeal).where(Appeal.id == id)).one()
    if appeal.decision != "refused":
        raise HTTPException(409)
    if request.method == "POST":
        appeal.decision = "open"
        s.add(Transfer(amount=1))
        s.commit()
class Transfer(Base):
    __tablename__ = "transfers"
    id: Mapped[int] = mapped_column(primary_key=True)
    amount: Mapped[int]
`

const gone = `
class Leaf(Base):
    __tablename__ = "leaves"
    id: Mapped[int] = mapped_column(primary_key=True)
    del_flag: Mapped[str]
def shown(rows):
    return [{"id": row.id} for row in rows]
`

// TestGraveSame states when the rival is not another one, or not one at all: it says the same by another way, or does what the request cannot.
func TestGraveSame(t *testing.T) {
	for _, c := range []struct{ name, want, src string }{
		{"a page that is shown without the lock is sent with it", "", shown + ".with_for_update()" + reopened},
		{"a page that is shown is sent without a lock", "MB107 high", shown + reopened},
		{"another route says the same", "MB107 medium", granted + `
@app.post("/boards/{id}/grant")
def grant_all(id: int, s: Session = Depends(db)):
    appeal = s.get(Appeal, id)
    appeal.decision = "granted"
    s.commit()
`},
		{"an address is to be forgotten, whichever it is", "", appeals + `
@app.delete("/appeals/{id}")
def forget(id: int, s: Session = Depends(db)):
    appeal = s.get(Appeal, id)
    appeal.mail = f"{hashlib.sha256(appeal.mail.encode()).hexdigest()}@nowhere"
    s.commit()
@app.put("/appeals/{id}/mail")
def say(id: int, mail: str, s: Session = Depends(db)):
    s.get(Appeal, id).mail = mail
    s.commit()
`},
		{"the last note must be there, and says whether another may follow", "MB103 medium", appeals + `
@app.post("/appeals/{id}/close")
def close(id: int, s: Session = Depends(db)):
    last = s.scalars(select(Note).where(Note.appeal_id == id).order_by(Note.id.desc()).limit(1)).first()
    assert last is not None
    if last.kind == "closed":
        raise HTTPException(409)
    s.add(Note(appeal_id=id, kind="closed"))
    s.commit()
`},
		{"a row of a list is looked for by its number, and another one is made", "", appeals + `
@app.post("/appeals/{number}/copy")
def copy(number: int, s: Session = Depends(db)):
    for note in s.scalars(select(Note).where(Note.kind == "copy")):
        if s.scalars(select(Appeal).where(Appeal.id == note.appeal_id, Appeal.number == number)).first() is None:
            s.add(Appeal(number=number, mail="", places=1))
            s.commit()
`},
		{"a row of the same list is looked for by its number, and another one is made", "", appeals + `
@app.post("/appeals/{number}/copy")
def copy(number: int, s: Session = Depends(db)):
    for one in s.scalars(select(Appeal).where(Appeal.decision == "open")):
        if s.scalars(select(Appeal).where(Appeal.id == one.id, Appeal.number == number)).first() is None:
            s.add(Appeal(number=number, mail="", places=1))
            s.commit()
`},
		{"who asks outside does not write, and who writes does not ask", "", appeals + `
@app.post("/appeals/{id}/places")
def seat(id: int, try_it: bool, s: Session = Depends(db)):
    appeal = s.get(Appeal, id)
    if appeal.places > 3:
        raise HTTPException(409)
    if try_it:
        httpx.post("https://hall.example/places", json={"appeal": id})
    else:
        s.execute(update(Appeal).where(Appeal.id == id, Appeal.places <= 3).values(places=Appeal.places + 1))
        s.commit()
`},
		{"lines are looked at twice before they become those of an order", "MB112 medium", appeals + `
from sqlalchemy.orm import relationship
class Basket(Base):
    __tablename__ = "baskets"
    id: Mapped[int] = mapped_column(primary_key=True)
    owner: Mapped[str]
    lines: Mapped[list["Line"]] = relationship()
class Line(Base):
    __tablename__ = "lines"
    id: Mapped[int] = mapped_column(primary_key=True)
    basket_id: Mapped[int] = mapped_column(ForeignKey("baskets.id"))
    word: Mapped[str]
class Order(Base):
    __tablename__ = "orders"
    id: Mapped[int] = mapped_column(primary_key=True)
    word: Mapped[str]
def banned(basket):
    return [line for line in basket.lines if line.word == "none"]
@app.post("/baskets/{id}/buy")
def buy(id: int, owner: str, s: Session = Depends(db)):
    basket = s.get(Basket, id)
    other = s.scalars(select(Basket).where(Basket.owner == owner)).first()
    if other and other.lines:
        basket = other
    if not basket or not basket.lines:
        raise HTTPException(409)
    if banned(basket):
        raise HTTPException(409)
    for line in basket.lines:
        s.add(Order(word=line.word))
    for line in s.scalars(select(Line).where(Line.basket_id == basket.id)).all():
        s.delete(line)
    s.commit()
`},
		{"what is marked as gone twice is gone", "MB101 low", appeals + gone + `
@app.delete("/leaves/{id}")
def drop(id: int, s: Session = Depends(db)):
    if not shown(s.scalars(select(Leaf).where(Leaf.id == id, Leaf.del_flag == "0")).all()):
        raise HTTPException(404)
    s.execute(update(Leaf).where(Leaf.id == id).values(del_flag="2"))
    s.commit()
`},
		{"something comes of it that what is marked as gone was there", "MB101 medium", appeals + gone + `
@app.delete("/leaves/{id}")
def drop(id: int, s: Session = Depends(db)):
    leaf = s.scalars(select(Leaf).where(Leaf.id == id, Leaf.del_flag == "0")).first()
    if leaf is None:
        raise HTTPException(404)
    leaf.del_flag = "2"
    s.add(Note(appeal_id=id, kind="paid back"))
    s.commit()
`},
		{"where money goes is what somebody chose", "MB107 medium", appeals + `
@app.post("/appeals/{id}/tell")
def tell(id: int, s: Session = Depends(db)):
    appeal = s.get(Appeal, id)
    if not appeal.mail:
        raise HTTPException(409)
    stripe.Transfer.create(amount=5, currency="eur", destination=appeal.mail)
@app.put("/appeals/{id}/mail")
def say(id: int, mail: str, s: Session = Depends(db)):
    s.get(Appeal, id).mail = mail
    s.commit()
`},
		{"how far it has come is said by hand", "MB107 high", appeals + `
@app.post("/appeals/{id}/tell")
def tell(id: int, s: Session = Depends(db)):
    appeal = s.get(Appeal, id)
    if appeal.decision != "refused":
        raise HTTPException(409)
    stripe.Transfer.create(amount=5, currency="eur", destination=appeal.mail)
@app.put("/appeals/{id}/decision")
def say(id: int, decision: str, s: Session = Depends(db)):
    s.get(Appeal, id).decision = decision
    s.commit()
`},
		{"a place for whoever comes at that moment", "MB407 low", appeals + `
import asyncio, time
class Desk:
    def __init__(self):
        self.said = None
desks: dict[str, Desk] = {}
@app.post("/desks")
async def come(word: str):
    key = f"desk_{int(time.time())}"
    desks[key] = Desk()
    desks[key].said = word
    await asyncio.sleep(1)
    return desks[key].said
`},
		{"who asks outside writes then", "MB112 high", appeals + `
@app.post("/appeals/{id}/places")
def seat(id: int, s: Session = Depends(db)):
    appeal = s.get(Appeal, id)
    if appeal.places > 3:
        raise HTTPException(409)
    httpx.post("https://hall.example/places", json={"appeal": id})
    s.execute(update(Appeal).where(Appeal.id == id, Appeal.places <= 3).values(places=Appeal.places + 1))
    s.commit()
`},
	} {
		t.Run(c.name, func(t *testing.T) { ranks(t, weighed+c.src, c.want) })
	}
}
