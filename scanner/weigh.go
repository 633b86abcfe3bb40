package scanner

import (
	"github.com/middlebrick/middlebrick/scanner/fastapi"
	"github.com/middlebrick/middlebrick/scanner/finding"
	"github.com/middlebrick/middlebrick/scanner/interleave"
	"github.com/middlebrick/middlebrick/scanner/race"
	"github.com/middlebrick/middlebrick/scanner/rules"
)

// weigh lowers severity by what hangs on the race, and confidence by what the finding rests on.
func (a *assembler) weigh(f *finding.Finding, rule *rules.Rule, r *race.Race) {
	a.doubt(f, r)
	if r.Op(r.Read).Res.Store != interleave.Table || r.Told != nil {
		f.Engine = ""
	}
	if r.Trace.Assumed || r.Trace.Entry.Kind == fastapi.Worker || r.Trace.Entry.Kind == fastapi.Job || r.Rival != nil && r.Rival.Assumed {
		f.Severity = f.Severity.Lower(1) // nobody who asks for it waits there, or nobody is seen to come
	}
	if r.Relation == race.SameRow && r.Op(r.Read).Res.Store == interleave.Table && !r.WritesWhatItChecks() && f.Rule != "MB302" {
		// What was checked is not what is written: the decision is old, but nothing that somebody else wrote is lost.
		f.Severity = f.Severity.Lower(1)
		if r.AsksWhoMay() {
			f.Severity = f.Severity.Lower(1) // whoever may no longer has been allowed a moment before: that is a matter of how long a request waits
		}
	}
	if r.Processes && r.Verdict.Guard == interleave.ProcessLocal {
		f.Severity = finding.Note // careful within one process: what is left is said of the whole project, not of each place
	}
	unlocked := f.Rule == "MB117" && !r.Locks() // two transactions of which none was to hold anything: what counts is what is written
	switch {
	case f.Severity != finding.High || r.Relation == race.ClaimDropped:
	case (f.Rule == "MB107" || f.Rule == "MB101" || unlocked) && r.Idle(), (f.Rule == "MB107" || unlocked && !r.Derived) && r.Self() && !r.DoesTwice() && !r.TurnsOther() && !(f.Rule == "MB107" && r.DoesForGood()):
		// Both requests write the same state and nothing else hangs on it: the second one should have been refused, no more.
		f.Severity = finding.Medium
	case f.Rule == "MB805" && !r.Derived && r.Self() && !r.DoesTwice() && !r.TurnsOther() && !r.DoesForGood():
		f.Severity = finding.Medium
	case f.Rule == "MB106" && r.Idle() && r.NothingHad():
		f.Severity = finding.Medium
	case f.Rule == "MB107" && (r.FillsGap() || r.Reconfigured()) && !r.DoesTwice():
		f.Severity = finding.Medium
	case (f.Rule == "MB101" || unlocked) && !r.Derived && !r.Orders():
		// The new value does not come from the old one: the later request wins, as it would have one after the other.
		f.Severity = finding.Medium
	}
	if f.Severity == finding.High && f.Rule == "MB501" && f.Confidence != finding.HighConfidence {
		f.Severity = finding.Medium // work that was not seen to its end may look again
	}
	if f.Severity == finding.High && f.Rule == "MB101" && (r.LosesRemark() || r.OwnWish() || r.StepsTogether() || r.PutsBack()) {
		f.Severity = finding.Medium
	}
	if f.Severity == finding.High && r.Blocking {
		f.Severity = finding.Medium // the event loop of one process runs such a request from the check to the act before it takes up another
	}
	if f.Severity == finding.High {
		if why := guessed(f.Rule, r); why != "" {
			f.Severity, f.Confidence = f.Severity.Lower(1), f.Confidence.Lower(1)
			f.Assumptions = append(f.Assumptions, why)
		}
	}
	if act := r.Op(r.Act); (r.Relation == race.Captured || r.Relation == race.RowEffect && (!r.MarksRow() || r.OnlyIfMissing())) && act.External == "http" {
		f.Severity = f.Severity.Lower(1) // what the other side makes of the request is not known: it may only ask or tell
	}
	if f.Severity == finding.High && (r.TakesOld() || (r.Flips() || r.Trims()) && !r.DoesTwice()) {
		f.Severity = finding.Medium // a flag is once flipped instead of twice, or what loses its old part in any case loses a little more
	}
	if f.Severity == finding.High && ((f.Rule == "MB801" || f.Rule == "MB802") && r.SignsOut() || f.Rule == "MB103" && r.OneMoreCode()) {
		f.Severity = finding.Medium
	}
	if f.Severity == finding.High && (f.Rule == "MB404" && r.LimitsAtOnce() || r.RestoresTaken() || r.RefusesSame()) {
		f.Severity = finding.Medium
	}
	if f.Severity == finding.High && r.LimitsLetters() {
		f.Severity = finding.Medium
	}
	if onlyKnowsWho(f.Rule, r) {
		f.Severity = f.Severity.Lower(1)
	}
	if f.Severity == finding.High && r.MarksRefused() {
		f.Severity = finding.Medium
	}
	if r.Debounces() {
		f.Severity = f.Severity.Lower(1) // what is done now and then is done twice, and nobody is turned away by it
	}
	if r.FillsAgain() || r.Enters() || r.RenewsAgain() || r.NotesWhen() || r.RaisesAlone() || r.NotesFailure() || r.Breaks() || r.MarksGone() || (f.Rule == "MB101" || f.Rule == "MB107") && r.Self() && r.OnlyMarksEach() {
		f.Severity = finding.Low // made twice, and both go on with what is there: work is lost and nothing else
	}
	if r.Mild {
		f.Severity = f.Severity.Lower(1)
	}
	if r.ScopedKey() != nil || r.SpelledOtherwise() || r.EitherWay() {
		f.Severity = f.Severity.Lower(1) // the request sent twice is refused, and only one for another parent gets through
	}
	if f.Severity == finding.High && (f.Confidence == finding.LowConfidence || r.Indirect()) {
		f.Severity = finding.Medium // so much of it was not seen that nobody is to be stopped by it
	}
	if f.Severity == finding.High && (!rule.IsGrave(r) || r.OwnMatter() || r.OwnProfile() || r.HolderOnly() || f.Rule == "MB101" && r.OnlyVersion()) {
		f.Severity = finding.Medium
	}
	if fn := checkSite(r).Function; fn != nil && a.app.Offstage(fn) {
		f.Severity = finding.Note
	}
}

// guessed is what had to be assumed of a table or a row to find a race at all, "" for nothing.
func guessed(rule string, r *race.Race) string {
	switch {
	case r.OtherValue():
		return "the new row is taken to be one of those that were looked for"
	case r.NamelessTable():
		return "the table's name is only made at run time, and so are its keys"
	case rule != "MB108" && r.AsksUnknown(): // the first account is looked for among all
		return "by what else the row was looked for is not known: a unique key may cover it"
	case r.OtherColumns():
		return "of which columns the new value is made is not known"
	case r.KeptElsewhere():
		return "the table is declared elsewhere: a unique key may be there"
	}
	return ""
}
