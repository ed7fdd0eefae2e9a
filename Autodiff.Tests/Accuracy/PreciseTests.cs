using System.Globalization;
using System.Numerics;

namespace Autodiff.Tests.Accuracy;

/// <summary>The measure is itself measured, against values that mpmath 1.3.0 gives with 60 digits.</summary>
public sealed class PreciseTests
{
    const double Tolerance = 1e-28;

    static readonly Dictionary<string, Func<Precise, Precise>> Functions = new()
    {
        ["Exp"] = PreciseMath.Exp,
        ["Exp2"] = PreciseMath.Exp2,
        ["Expm1"] = PreciseMath.Expm1,
        ["Log"] = PreciseMath.Log,
        ["Log1p"] = PreciseMath.Log1p,
        ["Log2"] = PreciseMath.Log2,
        ["Sin"] = x => PreciseMath.SinCos(x).Sin,
        ["Cos"] = x => PreciseMath.SinCos(x).Cos,
        ["Tan"] = PreciseMath.Tan,
        ["Atan"] = PreciseMath.Atan,
        ["Asin"] = PreciseMath.Asin,
        ["Acos"] = PreciseMath.Acos,
        ["Sinh"] = PreciseMath.Sinh,
        ["Cosh"] = PreciseMath.Cosh,
        ["Tanh"] = PreciseMath.Tanh,
        ["Sigmoid"] = PreciseMath.Sigmoid,
        ["Erf"] = PreciseMath.Erf,
        ["Erfc"] = PreciseMath.Erfc,
        ["Cbrt"] = PreciseMath.Cbrt,
        ["Lgamma"] = PreciseMath.Lgamma,
        ["Digamma"] = PreciseMath.Digamma,
    };

    [Theory]
    [InlineData("Exp", -745.125, "2.4907157776488547301271130065519e-324")]
    [InlineData("Exp", -0.3, "7.4081822068171787429160823594465e-1")]
    [InlineData("Exp", 1e-300, "1.0")]
    [InlineData("Exp", 709.75, "1.7398368732641605576982527116738e+308")]
    [InlineData("Exp2", -1074.5, "3.4935716852565660400325672328495e-324")]
    [InlineData("Exp2", 0.3, "1.2311444133449162750251463600924")]
    [InlineData("Exp2", 1023.75, "1.5116737128319338576288274287703e+308")]
    [InlineData("Expm1", -0.5, "-3.9346934028736657639620046500882e-1")]
    [InlineData("Expm1", 1e-20, "9.9999999999999994515827145420957e-21")]
    [InlineData("Expm1", 0.3, "3.4985880757600308899730103168863e-1")]
    [InlineData("Expm1", 700.5, "1.6721859620674985572410360793021e+304")]
    [InlineData("Log", 5e-324, "-7.4444007192138126231410729844608e+2")]
    [InlineData("Log", 0.7, "-3.5667494393873244235395440410727e-1")]
    [InlineData("Log", 1.0000001, "9.9999995058387045177516099683454e-8")]
    [InlineData("Log", 1.7e+308, "7.0972683689322824103779102637577e+2")]
    [InlineData("Log1p", -0.9999, "-9.210340371976292870196008640331")]
    [InlineData("Log1p", 1e-300, "1.0000000000000000250590918352088e-300")]
    [InlineData("Log1p", 0.3, "2.6236426446749104349531887437975e-1")]
    [InlineData("Log1p", -0.25, "-2.8768207245178092743921900599383e-1")]
    [InlineData("Log2", 5e-324, "-1.074e+3")]
    [InlineData("Log2", 3.7, "1.8875252707415875032507605062842")]
    [InlineData("Sin", 1e-300, "1.0000000000000000250590918352088e-300")]
    [InlineData("Sin", 3.141592653589793, "1.224646799147353177226065932275e-16")]
    [InlineData("Sin", 1e+22, "-8.5220084976718880177270589375303e-1")]
    [InlineData("Sin", 1.7e+308, "-5.9525608486320766547809531308914e-1")]
    [InlineData("Sin", -2.5, "-5.9847214410395649405185470218616e-1")]
    [InlineData("Cos", 1.5707963267948966, "6.123233995736765886130329661375e-17")]
    [InlineData("Cos", 5.319372648326541e+255, "-4.6871659242546276111225828019639e-19")]
    [InlineData("Cos", 0.3, "9.5533648912560602292324360434209e-1")]
    [InlineData("Tan", 1.5707963267948966, "1.6331239353195369755967737041529e+16")]
    [InlineData("Tan", -0.7, "-8.4228838046307937221331764260636e-1")]
    [InlineData("Tan", 1e+22, "-1.6287782256068988785493759369395")]
    [InlineData("Atan", 1e-300, "1.0000000000000000250590918352088e-300")]
    [InlineData("Atan", 0.5, "4.6364760900080611621425623146121e-1")]
    [InlineData("Atan", 10000000000.0, "1.5707963266948966192313216916401")]
    [InlineData("Asin", 0.99999, "1.5663241871131188684884241335413")]
    [InlineData("Asin", -0.25, "-2.5268025514207865348565743699371e-1")]
    [InlineData("Acos", 0.99999, "4.4721396817777507428975580984786e-3")]
    [InlineData("Acos", -0.99999, "3.137120513908015487719745825181")]
    [InlineData("Sinh", 1e-10, "1.0000000000000000364338639821644e-10")]
    [InlineData("Sinh", -3.5, "-1.6542627287634997624956731529012e+1")]
    [InlineData("Sinh", 709.75, "8.6991843663208027884912635583692e+307")]
    [InlineData("Cosh", 1e-10, "1.000000000000000000005")]
    [InlineData("Cosh", -3.5, "1.6572824671057316125696517821376e+1")]
    [InlineData("Tanh", 1e-10, "1.0000000000000000364288639821644e-10")]
    [InlineData("Tanh", -0.55, "-5.0052021119023524170353038800806e-1")]
    [InlineData("Tanh", 18.5, "9.999999999999998293390474851187e-1")]
    [InlineData("Sigmoid", -700.5, "5.9801961186397912064121073304951e-305")]
    [InlineData("Sigmoid", 0.3, "5.7444251681165898443803880323406e-1")]
    [InlineData("Erf", 1e-300, "1.1283791670955126021723160763044e-300")]
    [InlineData("Erf", -0.5, "-5.2049987781304653768274665389196e-1")]
    [InlineData("Erf", 5.5, "9.9999999999999264215208202560194e-1")]
    [InlineData("Erfc", -1.5, "1.9661051464753107270669762616459")]
    [InlineData("Erfc", 2.75, "1.0062192211963683690439197508696e-4")]
    [InlineData("Erfc", 3.25, "4.3027794636751218304758951302366e-6")]
    [InlineData("Erfc", 26.5, "2.2109076642637342759292390229158e-307")]
    [InlineData("Cbrt", -5e-324, "-1.7031839360032602879640214864989e-108")]
    [InlineData("Cbrt", 3.5, "1.5182944859378312597104047892528")]
    [InlineData("Lgamma", 1e-300, "6.907755278982137051803383445701e+2")]
    [InlineData("Lgamma", 0.9999, "5.7729791561193862808302962698894e-5")]
    [InlineData("Lgamma", 1.4616321449683622, "-1.2148629053584960809551455717769e-1")]
    [InlineData("Lgamma", 7.25, "7.052185450738539444925749253133")]
    [InlineData("Lgamma", 1e+300, "6.8977552789821374147440091886329e+302")]
    [InlineData("Lgamma", -2.457024738220801, "-6.1687121408846648427493156641251e-16")]
    [InlineData("Lgamma", -100.3, "-3.6376620618267625944907355118927e+2")]
    [InlineData("Digamma", 1e-300, "-9.9999999999999997494090816479124e+299")]
    [InlineData("Digamma", 1.4616321449683622, "-9.2412655217294275167923514151599e-17")]
    [InlineData("Digamma", 7.25, "1.9104535268837360283824945612221")]
    [InlineData("Digamma", 1e+300, "6.9077552789821370525790219666051e+2")]
    [InlineData("Digamma", -0.504083008264455, "4.0429657172224963392144326265098e-15")]
    [InlineData("Digamma", -100.3, "6.8956431248604350349531647672445")]
    public void Agrees_with_mpmath(string function, double x, string expected)
    {
        var (exact, got) = (Parse(expected), Functions[function](Precise.Of(x)));
        Assert.InRange(Math.Abs(((got - exact) / exact).ToDouble()), 0, Tolerance);
    }

    // A decimal number with a point and an exponent.
    static Precise Parse(string text)
    {
        var (number, exponent) = text.Split('e') is [var n, var e] ? (n, int.Parse(e, CultureInfo.InvariantCulture)) : (text, 0);
        exponent -= number.Length - number.IndexOf('.', StringComparison.Ordinal) - 1;
        var digits = new Precise(BigInteger.Parse(number.Replace(".", "", StringComparison.Ordinal), CultureInfo.InvariantCulture), 0);
        var power = new Precise(BigInteger.Pow(10, Math.Abs(exponent)), 0);
        return exponent < 0 ? digits / power : digits * power;
    }
}
