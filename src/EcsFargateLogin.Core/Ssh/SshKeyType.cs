namespace EcsFargateLogin;

/// <summary>The type of a one-time key.</summary>
public enum SshKeyType
{
    /// <summary>Ed25519.</summary>
    Ed25519,

    /// <summary>ECDSA on the curve P-256, for servers that FIPS 140 holds to NIST's curves.</summary>
    Ecdsa,

    /// <summary>RSA with 3072 bits, for servers that know nothing newer.</summary>
    Rsa,
}
