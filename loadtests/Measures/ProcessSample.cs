namespace Serving.LoadTests.Measures;

/// <summary>What a process has used up to a moment.</summary>
/// <param name="At">The moment, from the run's start, in seconds.</param>
/// <param name="CpuSeconds">User and system time since the process began, in seconds; to a hundredth.</param>
/// <param name="Resident">Bytes of memory it holds.</param>
/// <param name="Threads">Its threads.</param>
public sealed record ProcessSample(double At, double CpuSeconds, long Resident, int Threads);
