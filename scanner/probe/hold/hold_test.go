package hold

import (
	"net"
	"testing"
	"time"
)

// FuzzListen hears what a process of the application says: a process that says nonsense, or too much, holds nobody up and is left when it
// hangs up.
func FuzzListen(f *testing.F) {
	f.Add([]byte("{\"armed\": 1}\n{\"held\": 1, \"line\": 7}\n{\"released\": 1, \"seen\": [7, 8]}\n"))
	f.Add([]byte("{\"held\": null}\n{\"held\": \"1\"}\n[]\nnull\n\n{\"seen\": [1e400]}\n"))
	f.Add([]byte("{\"armed\": 1"))
	f.Fuzz(func(t *testing.T, said []byte) {
		c := &Control{wires: map[net.Conn]bool{}, armed: make(chan int, 64), held: make(chan Arrival, 64), freed: make(chan Arrival, 64)}
		ours, theirs := net.Pipe()
		left := make(chan bool)
		go func() {
			c.listen(ours)
			close(left)
		}()
		theirs.SetDeadline(time.Now().Add(10 * time.Second))
		_, _ = theirs.Write(said) // who is not listened to any more is hung up on
		theirs.Close()
		select {
		case <-left:
		case <-time.After(10 * time.Second):
			t.Fatal("it still listens")
		}
	})
}
