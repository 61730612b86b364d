using System.Collections.Immutable;
using LocalFargate.Tasks;

namespace LocalFargate.Faults;

/// <summary>The faults of a server. Safe to change while it serves.</summary>
public sealed class FaultSet
{
    private ImmutableList<Fault> _faults = [];

    /// <summary>The faults that are there, those that are used up among them.</summary>
    public IReadOnlyList<Fault> All => _faults;

    /// <summary>Adds a fault; returns it, so that its uses can be watched.</summary>
    public T Add<T>(T fault)
        where T : Fault
    {
        ImmutableInterlocked.Update(ref _faults, faults => faults.Add(fault));
        return fault;
    }

    /// <summary>Takes a fault away; what it has done to tasks stays.</summary>
    public void Remove(Fault fault) =>
        ImmutableInterlocked.Update(
            ref _faults, faults => faults.RemoveAll(candidate => ReferenceEquals(candidate, fault)));

    /// <summary>Puts these faults in the place of all others.</summary>
    public void Replace(IEnumerable<Fault> faults) => Interlocked.Exchange(ref _faults, [.. faults]);

    /// <summary>Takes all faults away.</summary>
    public void Clear() => Replace([]);

    /// <summary>A fault of this kind that happens now; null for none.</summary>
    internal T? Use<T>()
        where T : Fault => _faults.OfType<T>().FirstOrDefault(fault => fault.TryUse());

    /// <summary>Whether a fault of this kind happens now.</summary>
    internal bool TryUse<T>()
        where T : Fault => Use<T>() is not null;

    /// <summary>The faults that can happen to a request for this operation, those that are used up among them.</summary>
    internal IEnumerable<RequestFault> For(string operation) =>
        _faults.OfType<RequestFault>().Where(fault => fault.Operation is null || fault.Operation == operation);

    /// <summary>The plan of a new task, with the faults that happen to it.</summary>
    internal TaskPlan Apply(TaskPlan plan) => _faults.OfType<LaunchFault>()
        .Where(fault => fault.TryUse())
        .Aggregate(plan with { Faults = this }, (changed, fault) => fault.Apply(changed));
}
