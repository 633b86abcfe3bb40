package finding

import "fmt"

// Severity follows the consequence of a race, not how sure the analysis is.
type Severity string

// Severities, from the least to the worst.
const (
	Info     Severity = "info"
	Note     Severity = "note"
	Low      Severity = "low"
	Medium   Severity = "medium"
	High     Severity = "high"
	Critical Severity = "critical"
)

var severities = []Severity{Info, Note, Low, Medium, High, Critical}

// Rank orders severities; a higher rank is worse. An unknown severity ranks lowest.
func (s Severity) Rank() int {
	for i, v := range severities {
		if v == s {
			return i
		}
	}
	return 0
}

// Lower returns the severity n steps below s, but not below Note.
func (s Severity) Lower(n int) Severity {
	return severities[max(s.Rank()-n, 1)]
}

// ParseSeverity reads a severity as a user writes it.
func ParseSeverity(text string) (Severity, error) {
	for _, v := range severities {
		if string(v) == text {
			return v, nil
		}
	}
	return "", fmt.Errorf("unknown severity %q: use note, low, medium, high or critical", text)
}

// Confidence says how sure the analysis is.
type Confidence string

// Confidences. High: every step was resolved and the engine is known or does not matter. Medium: one
// assumption or one call recognised by shape. Low: more than one.
const (
	LowConfidence    Confidence = "low"
	MediumConfidence Confidence = "medium"
	HighConfidence   Confidence = "high"
)

// Rank orders confidences; a higher rank is surer.
func (c Confidence) Rank() int {
	switch c {
	case HighConfidence:
		return 2
	case MediumConfidence:
		return 1
	}
	return 0
}

// Lower returns the confidence n steps below c, but not below LowConfidence.
func (c Confidence) Lower(n int) Confidence {
	return []Confidence{LowConfidence, MediumConfidence, HighConfidence}[max(c.Rank()-n, 0)]
}

// ParseConfidence reads a confidence as a user writes it.
func ParseConfidence(text string) (Confidence, error) {
	switch c := Confidence(text); c {
	case LowConfidence, MediumConfidence, HighConfidence:
		return c, nil
	}
	return "", fmt.Errorf("unknown confidence %q: use low, medium or high", text)
}
