// Package race finds the candidates in the traces: which read a decision rests on, which act trusts it, which entry
// point can change what was read in between. It puts each pair before the judge and keeps what the judge calls a race.
package race
