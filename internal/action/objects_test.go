package action

import (
	"bytes"
	"compress/zlib"
	"encoding/binary"
	"os"
	"path/filepath"
	"runtime"
	"testing"
)

// packOf writes a pack of the given entries, whose first begins at 12, with an index that gives one name an offset each.
func packOf(tb testing.TB, dir string, entries []byte, names map[[20]byte]uint32) {
	tb.Helper()
	idx := []byte("\xfftOc\x00\x00\x00\x02")
	var ids [][20]byte
	for id := range names {
		ids = append(ids, id)
	}
	if len(ids) > 1 {
		tb.Fatal("the index of more than one name would have to be sorted")
	}
	for first := range 256 {
		n := uint32(0)
		for _, id := range ids {
			if int(id[0]) <= first {
				n++
			}
		}
		idx = binary.BigEndian.AppendUint32(idx, n)
	}
	for _, id := range ids {
		idx = append(idx, id[:]...)
	}
	idx = append(idx, make([]byte, 4*len(ids))...)
	for _, id := range ids {
		idx = binary.BigEndian.AppendUint32(idx, names[id])
	}
	for name, data := range map[string][]byte{"p.idx": idx, "p.pack": append([]byte("PACK\x00\x00\x00\x02\x00\x00\x00\x01"), entries...)} {
		if err := os.WriteFile(filepath.Join(dir, name), data, 0o644); err != nil {
			tb.Fatal(err)
		}
	}
}

func zipped(data []byte) []byte {
	var b bytes.Buffer
	z := zlib.NewWriter(&b)
	_, _ = z.Write(data)
	z.Close()
	return b.Bytes()
}

// A delta whose base is itself is read over and over: it ends before it has filled the memory.
func TestPackOfItself(t *testing.T) {
	dir := t.TempDir()
	id := [20]byte{1, 2, 3}
	const size = 1 << 20
	head := []byte{byte(nameDelta)<<4 | 0x80 | size&15} // the type and the low bits of the size, then seven bits a byte
	for rest := size >> 4; rest > 0; rest >>= 7 {
		c := byte(rest & 0x7f)
		if rest > 0x7f {
			c |= 0x80
		}
		head = append(head, c)
	}
	packOf(t, dir, append(append(head, id[:]...), zipped(make([]byte, size))...), map[[20]byte]uint32{id: 12})
	root, err := os.OpenRoot(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer root.Close()
	p, err := openPack(root, "p")
	if err != nil {
		t.Fatal(err)
	}
	defer p.close()
	offset, ok := p.find(id[:])
	if !ok || offset != 12 {
		t.Fatal("the entry is not found", offset)
	}
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	if _, _, err := p.read(offset); err == nil {
		t.Error("it is read")
	}
	runtime.ReadMemStats(&after)
	if mb := (after.TotalAlloc - before.TotalAlloc) >> 20; mb > 200 {
		t.Errorf("%d MB for it", mb)
	}
}

// FuzzPack reads what anybody could leave in the folder of packs: an index and a pack of any bytes.
func FuzzPack(f *testing.F) {
	entry := append([]byte{3<<4 | 5}, zipped([]byte("hello"))...)
	id := [20]byte{7}
	dir := f.TempDir()
	packOf(f, dir, entry, map[[20]byte]uint32{id: 12})
	idx, err := os.ReadFile(filepath.Join(dir, "p.idx"))
	if err != nil {
		f.Fatal(err)
	}
	f.Add(idx, append([]byte("PACK\x00\x00\x00\x02\x00\x00\x00\x01"), entry...), id[:], int64(12))
	f.Add(idx, append([]byte{6<<4 | 5, 1}, entry...), id[:], int64(0))
	f.Add(idx[:100], append([]byte{7<<4 | 5}, id[:]...), id[:], int64(0))
	f.Fuzz(func(t *testing.T, idx, data, id []byte, offset int64) {
		for name, data := range map[string][]byte{"p.idx": idx, "p.pack": data} {
			if err := os.WriteFile(filepath.Join(dir, name), data, 0o644); err != nil {
				t.Fatal(err)
			}
		}
		root, err := os.OpenRoot(dir)
		if err != nil {
			t.Fatal(err)
		}
		defer root.Close()
		p, err := openPack(root, "p")
		if err != nil {
			return
		}
		defer p.close()
		if len(id) == 20 {
			if at, ok := p.find(id); ok {
				_, _, _ = p.read(at)
			}
		}
		if kind, data, err := p.read(max(offset, 0)); err == nil && (kind == "" || len(data) > maxObject) {
			t.Errorf("%q, %d bytes", kind, len(data))
		}
	})
}
