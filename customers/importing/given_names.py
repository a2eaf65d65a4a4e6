"""Second given names: what is no surname when it stands after a first name. Folded."""

GIVEN_NAMES = frozenset(
    """
    abril adriana agustin alberto alejandra alejandro alicia alonso amanda amparo ana andrea andres
    angel angela angeles angelica antonia antonio araceli ariel arturo augusto aurora beatriz belen
    benjamin bernardo camila camilo carla carlos carmen carolina catalina cecilia cesar clara
    claudia claudio concepcion cristina cristobal cruz daniel daniela david diana diego dolores
    eduardo elena elias elisa elizabeth emilia emilio enrique ernesto esteban esther eugenia eva
    fabiola federico felipe fernanda fernando florencia francisca francisco gabriel gabriela
    gerardo gloria gonzalo graciela guadalupe guillermo gustavo hector henrique hernan hugo ignacia
    ignacio ines irene isabel isidora ivan jaime javier javiera jesus joaquin jorge jose josefa
    josefina juan juana julia julieta julio karina laura leonardo leonor leticia lorena lorenzo
    lourdes lucas lucia luis luisa luz magdalena manuel manuela marcela marcelo margarita maria
    mariana mario marta martina mateo mauricio mercedes miguel monica natalia nicolas noemi olga
    omar oscar pablo paola patricia patricio paula paz pedro pia pilar rafael ramiro ramon raquel
    raul ricardo rita roberto rocio rodolfo rodrigo rosa rosario ruben salvador sandra santiago
    sara sebastian sergio silvia simon sofia soledad susana teresa tomas trinidad valentina valeria
    veronica vicente victor victoria virginia viviana ximena yolanda
    """.split()
)
