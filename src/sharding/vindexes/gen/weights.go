// Prints the primary weights of every code point ("<hex> <weights>"), then those of each pair of listed code
// points that does not weigh as its parts do ("<hex> <hex> <weights>"), as Vitess's vindex collator has them.
package main

import (
	"bufio"
	"bytes"
	"fmt"
	"os"

	"vitess.io/vitess/go/mysql/collations/vindex/collate"
)

// recorder is a hash that keeps what it is fed.
type recorder struct{ fed []byte }

func (r *recorder) Write(p []byte) (int, error) { r.fed = append(r.fed, p...); return len(p), nil }
func (r *recorder) Sum([]byte) []byte           { return r.fed }
func (r *recorder) Reset()                      { r.fed = r.fed[:0] }
func (r *recorder) Size() int                   { return 0 }
func (r *recorder) BlockSize() int              { return 1 }

func implicit(cp rune, weights []byte) bool {
	if len(weights) != 3 || weights[0]&0x80 == 0 {
		return false
	}
	offset := rune(weights[0]&0x7f)<<16 | rune(weights[1])<<8 | rune(weights[2]) - cp
	return offset == 0x10000 || offset == 0x20000 || offset == 0x50000
}

func main() {
	out := bufio.NewWriter(os.Stdout)
	defer out.Flush()
	collator := collate.New(&recorder{})
	var listed []rune
	weights := map[rune][]byte{}
	for cp := rune(0); cp <= 0x10ffff; cp++ {
		if cp >= 0xd800 && cp <= 0xdfff {
			continue
		}
		w := bytes.Clone(collator.Hash([]byte(string(cp))))
		fmt.Fprintf(out, "%x %x\n", cp, w)
		weights[cp] = w
		if !implicit(cp, w) && (cp < 0xac00 || cp > 0xd7a3) {
			listed = append(listed, cp)
		}
	}
	for _, a := range listed {
		for _, b := range listed {
			got := collator.Hash([]byte(string([]rune{a, b})))
			inOrder := append(bytes.Clone(weights[a]), weights[b]...)
			swapped := append(bytes.Clone(weights[b]), weights[a]...)
			if !bytes.Equal(got, inOrder) && !bytes.Equal(got, swapped) {
				fmt.Fprintf(out, "%x %x %x\n", a, b, got)
			}
		}
	}
}
