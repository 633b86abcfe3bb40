package effects

import (
	"slices"
	"strings"

	"github.com/middlebrick/middlebrick/scanner/interleave"
)

// Documents, images and tables that a library writes to a file of a given name: `image.save(path)`, `frame.to_csv(path)`, `Canvas(path)` … `save()`.

// drawnFile is a document that is drawn first, and then written to the file that was named when it was begun.
const drawnFile = "drawn file"

var exports = Library{
	Funcs: []Named{
		{"reportlab.pdfgen.canvas.Canvas", beginsFile}, {"reportlab.platypus.SimpleDocTemplate", beginsFile}, {"reportlab.platypus.BaseDocTemplate", beginsFile},
		{"xlsxwriter.Workbook", beginsFile}, {"pandas.ExcelWriter", beginsFile}, {"matplotlib.pyplot.savefig", exported}, {"cv2.imwrite", exported},
	},
	Classes: []Class{{drawnFile, drawnFile}},
	Methods: []Family{{drawnFile, []Named{{"save", endsFile}, {"build", endsFile}, {"multiBuild", endsFile}, {"close", endsFile}}}},
	Enter:   []Enter{{drawnFile, itself}},
	Exit:    []Exit{{drawnFile, func(w *World, v *Value, raised bool) { writesDrawn(&Call{World: w, Recv: v}) }}},
	Shape:   exportShape,
}

// exporting are methods that write what they are called on to the file whose name they are given first.
var exporting = []string{"save", "savefig", "to_csv", "to_excel", "to_parquet", "to_json", "to_html", "to_file", "write_csv", "write_excel", "write_parquet", "write_pdf", "write_png", "write_image", "write_html", "output", "export", "save_as"}

// exportShape recognises that something is written to a file for temporary files, whoever made it. What is kept elsewhere may be a document in a
// store of a name like a path.
func exportShape(c *Call) *Value {
	if !slices.Contains(exporting, Last(c.Name)) || len(c.Args) == 0 || c.Recv != nil && c.Recv.Kind != Unknown && c.Recv.Kind != ExtObject {
		return nil
	}
	if p := c.Args[0]; (isPath(p) || p.Name == formatted) && strings.HasPrefix(Template(p), tempRootName+"/") {
		return exported(c)
	}
	return nil
}

// exported writes a file as a whole: its name stands first, or is the only one.
func exported(c *Call) *Value {
	p := c.Arg(0, "fname")
	if p == nil || !namesFile(c.World, p) {
		return nil
	}
	fileOp(c, p, interleave.Op{Kind: interleave.Update}, c.argDeps())
	return None
}

func beginsFile(c *Call) *Value {
	p := c.Arg(0, "filename")
	if p == nil || openedOf(p) != nil || !namesFile(c.World, p) {
		return nil
	}
	o := c.NewObject()
	o.Qual, o.Extra = drawnFile, p
	return &Value{Kind: ExtObject, Obj: o, Sym: Last(c.Name)}
}

func endsFile(c *Call) *Value {
	writesDrawn(c)
	return None
}

func writesDrawn(c *Call) {
	if p, ok := c.Recv.Obj.Extra.(*Value); ok {
		fileOp(c, p, interleave.Op{Kind: interleave.Update}, c.argDeps())
	}
}
