using System.Text.Json;
using System.Text.Json.Serialization;

namespace Autodiff.GradBench;

/// <summary>How inputs and outputs are written: records with names in snake case, arrays as lists of lists.</summary>
static class Json
{
    public static JsonSerializerOptions Options { get; } =
        new(JsonSerializerDefaults.General)
        {
            PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
            PropertyNameCaseInsensitive = true,
            DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
            RespectRequiredConstructorParameters = true,
            RespectNullableAnnotations = true,
            Converters = { new ArrayConverter() },
        };
}

/// <summary>A number or lists of lists of numbers, read as Float64. What JSON has no number for, such as NaN, is written as null.</summary>
sealed class ArrayConverter : JsonConverter<NDArray>
{
    public override NDArray Read(ref Utf8JsonReader reader, Type type, JsonSerializerOptions options)
    {
        List<double> values = [];
        List<int> shape = [];
        Read(ref reader, 0, values, shape);
        return FromSpan<double>([.. values]).Reshape([.. shape]);
    }

    static void Read(ref Utf8JsonReader reader, int axis, List<double> values, List<int> shape)
    {
        if (reader.TokenType != JsonTokenType.StartArray)
        {
            values.Add(reader.GetDouble());
            return;
        }
        var size = 0;
        if (axis == shape.Count)
            shape.Add(-1);
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            Read(ref reader, axis + 1, values, shape);
            size++;
        }
        if (shape[axis] >= 0 && shape[axis] != size)
            throw new JsonException($"The lists at depth {axis} differ in length: {shape[axis]} and {size}.");
        shape[axis] = size;
    }

    public override void Write(Utf8JsonWriter writer, NDArray value, JsonSerializerOptions options)
    {
        if (value.DType == DType.Int64)
            Write<long>(writer, value.ToArray<long>(), value.Shape.Dims, writer.WriteNumberValue);
        else
            Write<double>(writer, value.ToArray<double>(), value.Shape.Dims, x => WriteNumber(writer, x));
    }

    static void Write<T>(Utf8JsonWriter writer, ReadOnlySpan<T> values, ReadOnlySpan<int> shape, Action<T> write)
    {
        if (shape.IsEmpty)
        {
            write(values[0]);
            return;
        }
        writer.WriteStartArray();
        var row = shape[0] == 0 ? 0 : values.Length / shape[0];
        for (var i = 0; i < shape[0]; i++)
            Write(writer, values.Slice(i * row, row), shape[1..], write);
        writer.WriteEndArray();
    }

    static void WriteNumber(Utf8JsonWriter writer, double value)
    {
        if (double.IsFinite(value))
            writer.WriteNumberValue(value);
        else
            writer.WriteNullValue();
    }
}
