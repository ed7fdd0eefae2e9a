using Autodiff.GradBench;

// The protocol owns stdout: whatever else would be printed goes to stderr.
using var answers = new StreamWriter(Console.OpenStandardOutput(), bufferSize: 1 << 16) { AutoFlush = false, NewLine = "\n" };
Console.SetOut(Console.Error);

if (args.Length > 0)
    return Commands.Run(args);

var session = new Session(Registry.Modules);
while (Console.In.ReadLine() is { } line)
{
    answers.WriteLine(session.Answer(line));
    answers.Flush();
}
return 0;
