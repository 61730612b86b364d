using LocalFargate.Containers;

namespace LocalFargate.Tasks;

/// <summary>A container that has been started.</summary>
internal sealed record RunningContainer(ContainerSpec Spec, ContainerProcess Process, Isolation Isolation);
