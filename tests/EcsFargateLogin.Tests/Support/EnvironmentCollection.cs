using System.Diagnostics.CodeAnalysis;

namespace EcsFargateLogin.Tests.Support;

/// <summary>Its tests run one after the other, and beside no others.</summary>
[CollectionDefinition(EnvironmentScope.Collection, DisableParallelization = true)]
[SuppressMessage("Naming", "CA1711", Justification = "It is a collection of tests, in xunit's sense.")]
public sealed class EnvironmentCollection;
