using System.IO.Compression;

namespace Autodiff.Examples;

/// <summary>The data sets in the folder data, which its README describes. They are part of the assembly.</summary>
static class Data
{
    /// <summary>1,797 handwritten digits in random order: pixels between 0 and 1, [1797, 64], and the digits they mean.</summary>
    public static (NDArray Images, NDArray Labels) Digits()
    {
        var rows = Read("digits.csv.gz")[new RandomKey(1).Permutation(1797)];
        return (rows[.., ..64] / 16, rows[.., 64].AsType(DType.Int64));
    }

    /// <summary>569 tumours: 30 standardized measurements, and whether it is benign (1) or malignant (0).</summary>
    public static (NDArray X, NDArray Y) Tumours()
    {
        var rows = Read("breast_cancer.csv", header: true)[new RandomKey(1).Permutation(569)];
        return (Standardized(rows[.., ..30]), rows[.., 30]);
    }

    /// <summary>442 patients with diabetes: 10 standardized measurements, and how far the disease has come after a year.</summary>
    public static (NDArray X, NDArray Y) Diabetes()
    {
        var order = new RandomKey(1).Permutation(442);
        return (Standardized(Read("diabetes_data_raw.csv.gz"))[order], Read("diabetes_target.csv.gz")[order, 0]);
    }

    static NDArray Standardized(NDArray x)
    {
        var centred = x - x.Mean(0);
        return centred / Sqrt(Square(centred).Mean(0));
    }

    static NDArray Read(string name, bool header = false)
    {
        using var stream = typeof(Data).Assembly.GetManifestResourceStream(name)!;
        using var reader = new StreamReader(
            name.EndsWith(".gz", StringComparison.Ordinal) ? new GZipStream(stream, CompressionMode.Decompress) : stream
        );
        var lines = reader.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries).Skip(header ? 1 : 0);
        return Asarray(lines.Select(line => Array.ConvertAll(line.Split(',', ' '), double.Parse)).ToArray());
    }
}
